use tickwire_shared::Replicate;

#[derive(Replicate)]
#[replicate(kind = "ship")]
struct Ship {
    #[replicate(rnage = 0..=100, private)]
    hull: u16,
    #[replicate(type = 3)]
    class: u8,
}

fn main() {}
