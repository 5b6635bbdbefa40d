// Kernels of the object-oriented kind: calls through tables, and small allocations.
use crate::{mix, Random};

trait Shape {
    fn area(&self) -> f64;
    fn scale(&mut self, by: f64);
    fn sides(&self) -> u64;
}

struct Circle(f64);
struct Square(f64);
struct Rectangle(f64, f64);
struct Polygon(Vec<(f64, f64)>);

impl Shape for Circle {
    fn area(&self) -> f64 {
        self.0 * self.0 * std::f64::consts::PI
    }
    fn scale(&mut self, by: f64) {
        self.0 *= by;
    }
    fn sides(&self) -> u64 {
        0
    }
}

impl Shape for Square {
    fn area(&self) -> f64 {
        self.0 * self.0
    }
    fn scale(&mut self, by: f64) {
        self.0 *= by;
    }
    fn sides(&self) -> u64 {
        4
    }
}

impl Shape for Rectangle {
    fn area(&self) -> f64 {
        self.0 * self.1
    }
    fn scale(&mut self, by: f64) {
        self.0 *= by;
        self.1 *= by;
    }
    fn sides(&self) -> u64 {
        4
    }
}

impl Shape for Polygon {
    fn area(&self) -> f64 {
        let next = self.0.iter().cycle().skip(1);
        self.0.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum::<f64>() / 2.0
    }
    fn scale(&mut self, by: f64) {
        for point in &mut self.0 {
            point.0 *= by;
            point.1 *= by;
        }
    }
    fn sides(&self) -> u64 {
        self.0.len() as u64
    }
}

fn random_shape(random: &mut Random) -> Box<dyn Shape> {
    let size = 1.0 + random.below(16) as f64 / 16.0;
    match random.below(4) {
        0 => Box::new(Circle(size)),
        1 => Box::new(Square(size)),
        2 => Box::new(Rectangle(size, 2.0 * size)),
        _ => Box::new(Polygon(vec![(0.0, 0.0), (size, 0.0), (size, size)])),
    }
}

/// Calls through trait objects and closures of changing kinds.
pub fn dyncall(scale: u32) -> u64 {
    let mut random = Random::new(17);
    let mut shapes: Vec<Box<dyn Shape>> = (0..1_000).map(|_| random_shape(&mut random)).collect();
    let steps: [Box<dyn Fn(u64) -> u64>; 4] = {
        let (add, turn) = (random.below(100), random.below(31) as u32);
        [
            Box::new(move |x| x.wrapping_add(add)),
            Box::new(move |x| x.rotate_left(turn)),
            Box::new(|x| x ^ (x >> 7)),
            Box::new(|x| x.wrapping_mul(0x9e37_79b9_7f4a_7c15)),
        ]
    };
    let mut sum = 0u64;
    for round in 0..4_000 * scale {
        let by = if round % 2 == 0 { 2.0 } else { 0.5 };
        let mut area = 0.0;
        for shape in &mut shapes {
            shape.scale(by);
            area += shape.area();
            sum = steps[(sum % 4) as usize](sum.wrapping_add(shape.sides()));
        }
        sum = mix(sum, area.to_bits());
    }
    sum
}

struct Node(Option<Box<(Node, Node)>>);

fn build(depth: u32) -> Node {
    Node((depth > 0).then(|| Box::new((build(depth - 1), build(depth - 1)))))
}

fn count(node: &Node) -> u64 {
    node.0.as_ref().map_or(1, |pair| 1 + count(&pair.0) + count(&pair.1))
}

/// Binary trees built, walked and freed: the allocator.
pub fn trees(scale: u32) -> u64 {
    let long_lived = build(14);
    let mut sum = 0;
    for round in 0..700 * scale {
        sum = mix(sum, count(&build(8 + round % 6)));
    }
    mix(sum, count(&long_lived))
}
