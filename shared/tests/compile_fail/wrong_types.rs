use tickwire_shared::{Replicate, glam::Vec3};

const FAR: f32 = 512.0;

#[derive(Replicate)]
struct Ship {
    #[replicate(angle = 12)]
    call_sign: String,
    #[replicate(range = 0.0..=FAR, step = 0.1)]
    hull: u16,
    #[replicate(range = 0..=100)]
    ready: bool,
    #[replicate(quat = 10)]
    normal: Vec3,
    #[replicate(text = 16)]
    class: &'static str,
}

fn main() {}
