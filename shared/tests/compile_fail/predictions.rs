use glam::Vec2;
use tickwire_shared::Replicate;

#[derive(Replicate)]
struct Ship {
    #[replicate(range = 0.0..=64.0, step = 0.5, by = velocity, linear)]
    pos: Vec2,
    #[replicate(range = -8.0..=8.0, step = 0.5, owner)]
    velocity: Vec2,
    #[replicate(range = 0..=359, wrap, by = spin)]
    compass: u16,
    #[replicate(angle = 8, by = velocity)]
    heading: f32,
    #[replicate(by = rest)]
    fuel: u16,
    #[replicate(by = tides[0])]
    tide: u16,
    #[replicate(by = fuel)]
    reserve: u16,
    #[replicate(range = 0..=359, wrap)]
    bearing: u16,
    #[replicate(by = bearing)]
    lead: u16,
    #[replicate(wrap)]
    hull: u8,
    #[replicate(by)]
    mast: u8,
    #[replicate(wrap = 3)]
    keel: u8,
    #[replicate(skip)]
    rest: u16,
}

fn main() {}
