(component (type (func async)))
