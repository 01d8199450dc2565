use tickwire_shared::Replicate;

#[derive(Replicate)]
struct Ship {
    #[replicate(angle = 12, range = 0.0..=6.3, step = 0.1)]
    heading: f32,
    #[replicate(quat = 10, text = 8)]
    turret: String,
    #[replicate(owner, team)]
    ammo: u16,
    #[replicate(text = 16, linear)]
    call_sign: String,
    #[replicate(step = 0.5)]
    speed: f32,
    #[replicate(skip, owner, range = 0..=5)]
    cooldown: u8,
    #[replicate(linear, linear)]
    #[replicate(linear)]
    fuel: u16,
}

fn main() {}
