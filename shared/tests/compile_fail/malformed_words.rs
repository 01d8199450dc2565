use tickwire_shared::Replicate;

#[derive(Replicate)]
#[replicate(name = Ship)]
struct Ship {
    #[replicate(range = 0..100)]
    hull: u16,
    #[replicate(range = ..=100)]
    shield: u16,
    #[replicate(range = 100)]
    fuel: u16,
    #[replicate(angle)]
    heading: f32,
    #[replicate(owner = 1)]
    ammo: u16,
    #[replicate(range(0, 100))]
    heat: u16,
    #[replicate]
    mass: u16,
    #[replicate = "linear"]
    speed: u16,
}

fn main() {}
