use tickwire_shared::Replicate;

struct Pilot {
    name: String,
}

#[derive(Replicate)]
struct Ship {
    #[replicate(skip)]
    pilot: Pilot,
    hull: u16,
}

fn main() {}
