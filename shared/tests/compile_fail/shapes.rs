use tickwire_shared::Replicate;

#[derive(Replicate)]
struct Position(f32, f32);

#[derive(Replicate)]
struct Crate<T> {
    content: T,
}

#[derive(Replicate)]
union Bits {
    whole: u32,
    real: f32,
}

fn main() {}
