(component (import "f" (func $f async)) (core func (canon lower (func $f))))
