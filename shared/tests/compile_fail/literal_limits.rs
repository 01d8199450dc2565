use tickwire_shared::{
    Replicate,
    glam::{Quat, Vec2},
};

#[derive(Replicate)]
struct Ship {
    #[replicate(range = 100..=0)]
    hull: u16,
    #[replicate(range = -1..=4_294_967_295)]
    ammo: u32,
    #[replicate(range = 0.0..=1.0)]
    fuel: f32,
    #[replicate(range = 5.0..=-5.0, step = 0.1)]
    speed: f32,
    #[replicate(range = 0.0..=512.0, step = -0.1)]
    position: Vec2,
    #[replicate(range = 0.0..=1.0e9, step = 0.001)]
    distance: f32,
    #[replicate(angle = 17)]
    heading: f32,
    #[replicate(quat = 3)]
    turret: Quat,
    #[replicate(text = 10)]
    call_sign: String,
}

fn main() {}
