use tickwire_shared::{Replicate, glam::Vec2};

enum Weapon {
    Cannon,
    Missile,
}

#[derive(Replicate)]
struct Ship {
    heading: f32,
    position: Vec2,
    call_sign: String,
    score: u64,
    weapon: Weapon,
}

fn main() {}
