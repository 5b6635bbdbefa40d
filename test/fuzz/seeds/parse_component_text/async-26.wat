(component (type (future string)))
