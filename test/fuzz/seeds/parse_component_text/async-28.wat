(component (core func (canon backpressure.inc)))
