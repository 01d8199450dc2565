use tickwire_shared::Replicate;

#[derive(Replicate)]
enum Order {
    Wait,
    Move(f32, f32),
    Attack { target: u32 },
}

#[derive(Replicate)]
enum Never {}

#[derive(Replicate)]
#[replicate(name = "colour")]
enum Team {
    #[replicate(name = "crimson")]
    Red,
    Blue,
}

#[derive(Replicate)]
#[allow(non_camel_case_types)]
enum Clash {
    FirstAid,
    first_aid,
}

fn main() {}
