use tickwire_shared::{
    Replicate,
    glam::{Quat, Vec2},
};

const LOW: i64 = 0;
const HIGH: i64 = 100;
const STEP: f32 = 0.0;
const FAR: f32 = f32::INFINITY;
const BITS: u8 = 17;
const BYTES: usize = 10;

#[derive(Replicate)]
struct Ship {
    #[replicate(range = HIGH..=LOW)]
    hull: u16,
    #[replicate(range = LOW..=HIGH << 40)]
    ammo: u32,
    #[replicate(range = LOW..=HIGH * 3)]
    crew: u8,
    #[replicate(range = 0.0..=1.0, step = STEP)]
    speed: f32,
    #[replicate(range = 0.0..=FAR, step = 0.1)]
    position: Vec2,
    #[replicate(angle = BITS)]
    heading: f32,
    #[replicate(quat = BITS - 14)]
    turret: Quat,
    #[replicate(text = BYTES)]
    call_sign: String,
}

fn main() {}
