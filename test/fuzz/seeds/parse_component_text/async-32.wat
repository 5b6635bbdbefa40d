(component (core func (canon subtask.drop)))
