use tickwire_shared::Replicate;

#[derive(Replicate)]
#[replicate(name = "")]
struct Ship {
    hull: u16,
    #[replicate(owner, name = "hull")]
    hull_in_detail: u16,
    #[replicate(name = "a name that is much longer than the sixty-four bytes of the schema")]
    ammo: u16,
}

fn main() {}
