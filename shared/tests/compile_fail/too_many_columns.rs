use tickwire_shared::Replicate;

#[derive(Replicate)]
struct Chat {
    #[replicate(text = 64)]
    first: String,
    #[replicate(text = 64)]
    second: String,
    #[replicate(text = 64)]
    third: String,
    #[replicate(text = 64)]
    fourth: String,
    colour: u8,
}

fn main() {}
