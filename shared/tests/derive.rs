//! What `#[derive(Replicate)]` makes of a type.

use tickwire_shared::{
    Replicate,
    field::Variants,
    glam::{Quat, Vec2, Vec3},
    schema::{Audience, Field, FieldType, Kind, MAX_COLUMNS, Predict, Schema},
};

const ARENA_SIZE: f32 = 512.0;
const MAX_HULL: u16 = 1000;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Replicate)]
enum Weapon {
    #[default]
    Cannon,
    HomingMissile,
    EMPBurst,
}

#[derive(Clone, Debug, Default, PartialEq, Replicate)]
struct PlayerShip {
    #[replicate(owner, range = 0..=MAX_HULL)]
    ammo: u16,
    #[replicate(range = 0.0..=ARENA_SIZE, step = 1.0 / 16.0, linear)]
    position: Vec2,
    #[replicate(team, range = -Self::FAR..=Self::FAR, step = Self::FAR / 100.0)]
    waypoint: Vec3,
    #[replicate(angle = 12)]
    heading: f32,
    #[replicate(skip)]
    thoughts: Vec<String>,
    #[replicate(owner)]
    weapon: Weapon,
    #[replicate(quat = 10)]
    turret: Quat,
    #[replicate(text = 16, name = "name")]
    call_sign: String,
    #[replicate(range = -5..=5, linear)]
    throttle: i8,
    #[replicate(team)]
    ready: bool,
    whole: i32,
}

impl PlayerShip {
    const FAR: f32 = 100.0;
}

fn ship() -> PlayerShip {
    PlayerShip {
        ammo: 998,
        position: Vec2::new(12.5, 511.9375),
        waypoint: Vec3::new(-100.0, 0.0, 42.0),
        heading: std::f32::consts::FRAC_PI_2,
        thoughts: Vec::new(),
        weapon: Weapon::EMPBurst,
        turret: Quat::IDENTITY,
        call_sign: "Żuraw 7".to_owned(),
        throttle: -3,
        ready: true,
        whole: i32::MIN,
    }
}

fn columns_of<T: Replicate>(value: &T) -> Vec<u32> {
    let mut columns = vec![0; T::COLUMNS];
    value.quantise(&mut columns);
    columns
}

fn field<'a>(kind: &'a Kind, name: &str) -> &'a Field {
    kind.fields.iter().find(|field| field.name == name).expect("the field is in the kind")
}

fn schema_of(kinds: Vec<Kind>) -> Schema {
    Schema {
        game: "test".to_owned(),
        kinds,
        input: Empty::kind(),
        messages: Vec::new(),
        requests: Vec::new(),
    }
}

#[derive(Debug, PartialEq, Replicate)]
struct Empty {}

#[derive(Debug, PartialEq, Replicate)]
struct Unit;

#[derive(Debug, PartialEq, Replicate)]
struct Parens();

#[derive(Debug, PartialEq, Replicate)]
#[replicate(name = "old name")]
struct Renamed {
    r#type: u8,
    #[replicate(skip)]
    local: u64,
    // Fields may have the names that the generated code might be expected to use.
    columns: u8,
    rest: u8,
}

#[test]
fn fields_stand_public_first_then_team_then_owner() {
    let names: Vec<_> = PlayerShip::kind().fields.into_iter().map(|field| field.name).collect();
    let public = ["position", "heading", "turret", "name", "throttle", "whole"];
    let team = ["waypoint", "ready"];
    let owner = ["ammo", "weapon"];
    assert_eq!(names, [&public[..], &team, &owner].concat());
}

#[test]
fn audience_and_prediction_are_what_the_words_say() {
    let kind = PlayerShip::kind();
    let of = |name| (field(&kind, name).audience, field(&kind, name).predict.clone());
    assert_eq!(of("position"), (Audience::Public, Predict::Linear));
    assert_eq!(of("heading"), (Audience::Public, Predict::Hold));
    assert_eq!(of("waypoint"), (Audience::Team, Predict::Hold));
    assert_eq!(of("ammo"), (Audience::Owner, Predict::Hold));
}

#[test]
fn columns_are_written_in_the_order_of_the_schema() {
    #[derive(Replicate)]
    struct Mixed {
        #[replicate(owner)]
        first: u8,
        #[replicate(team)]
        second: u8,
        third: u8,
        #[replicate(owner)]
        fourth: u8,
        fifth: u8,
    }
    let mixed = Mixed { first: 1, second: 2, third: 3, fourth: 4, fifth: 5 };
    assert_eq!(columns_of(&mixed), [3, 5, 2, 1, 4]);
    let Mixed { first, second, third, fourth, fifth } = Mixed::restore(&[3, 5, 2, 1, 4]);
    assert_eq!([first, second, third, fourth, fifth], [1, 2, 3, 4, 5]);
}

#[test]
fn a_value_on_the_grid_comes_back_as_it_was() {
    let restored = PlayerShip::restore(&columns_of(&ship()));
    assert!(restored.turret.angle_between(Quat::IDENTITY) < 0.01);
    assert_eq!(PlayerShip { turret: Quat::IDENTITY, ..restored }, ship());
}

#[test]
fn a_restored_value_has_the_same_columns() {
    let columns = columns_of(&ship());
    assert_eq!(columns_of(&PlayerShip::restore(&columns)), columns);
}

#[test]
fn columns_are_as_many_as_the_schema_says() {
    assert_eq!(PlayerShip::COLUMNS, PlayerShip::kind().columns());
    assert_eq!(PlayerShip::COLUMNS, 2 + 1 + 4 + 4 + 1 + 1 + 3 + 1 + 1 + 1);
}

#[test]
fn values_beyond_the_range_are_clamped() {
    let wild =
        PlayerShip { ammo: u16::MAX, position: Vec2::new(-1.0, 1e9), throttle: i8::MIN, ..ship() };
    let restored = PlayerShip::restore(&columns_of(&wild));
    assert_eq!(restored.ammo, MAX_HULL);
    assert_eq!(restored.position, Vec2::new(0.0, ARENA_SIZE));
    assert_eq!(restored.throttle, -5);
}

#[test]
fn bounds_may_be_constant_expressions() {
    let kind = PlayerShip::kind();
    let position = FieldType::Vec2 { min: 0.0, max: 512.0, step: 0.0625 };
    assert_eq!(field(&kind, "position").ty, position);
    let waypoint = FieldType::Vec3 { min: -100.0, max: 100.0, step: 1.0 };
    assert_eq!(field(&kind, "waypoint").ty, waypoint);
    assert_eq!(field(&kind, "ammo").ty, FieldType::Int { min: 0, max: 1000 });
}

#[test]
fn widths_may_be_constant_expressions() {
    const BITS: u8 = 8;
    const BYTES: usize = 4 * 2;
    #[derive(Replicate)]
    struct Wide {
        #[replicate(angle = BITS + 1)]
        angle: f32,
        #[replicate(quat = BITS)]
        quat: Quat,
        #[replicate(text = Self::BYTES * 2)]
        text: String,
    }
    impl Wide {
        const BYTES: usize = BYTES;
    }
    let types: Vec<_> = Wide::kind().fields.into_iter().map(|field| field.ty).collect();
    let expected =
        [FieldType::Angle { bits: 9 }, FieldType::Quat { bits: 8 }, FieldType::Text { bytes: 16 }];
    assert_eq!(types, expected);
    assert_eq!(Wide::COLUMNS, 1 + 4 + 4);
    let wide = Wide { angle: 0.0, quat: Quat::IDENTITY, text: "twelve bytes".to_owned() };
    let restored = Wide::restore(&columns_of(&wide));
    assert_eq!((restored.angle, restored.text.as_str()), (0.0, "twelve bytes"));
}

#[test]
fn every_integer_has_its_whole_range_unless_told_otherwise() {
    #[derive(Debug, PartialEq, Replicate)]
    struct Integers {
        a: u8,
        b: i8,
        c: u16,
        d: i16,
        e: u32,
        f: i32,
        #[replicate(range = -2_147_483_648..=2_147_483_647)]
        g: i32,
    }
    let least = Integers { a: 0, b: i8::MIN, c: 0, d: i16::MIN, e: 0, f: i32::MIN, g: i32::MIN };
    let most = Integers {
        a: u8::MAX,
        b: i8::MAX,
        c: u16::MAX,
        d: i16::MAX,
        e: u32::MAX,
        f: i32::MAX,
        g: i32::MAX,
    };
    assert_eq!(columns_of(&least), [0; 7]);
    let widest = [255, 255, 65_535, 65_535, u32::MAX, u32::MAX, u32::MAX];
    assert_eq!(columns_of(&most), widest);
    assert_eq!(Integers::restore(&[0; 7]), least);
    assert_eq!(Integers::restore(&widest), most);
}

#[test]
fn names_are_in_snake_case_unless_given() {
    assert_eq!(PlayerShip::NAME, "player_ship");
    assert_eq!(PlayerShip::kind().name, "player_ship");
    assert_eq!(Renamed::NAME, "old name");
    let names: Vec<_> = Renamed::kind().fields.into_iter().map(|field| field.name).collect();
    assert_eq!(names, ["type", "columns", "rest"]);
}

#[test]
fn words_may_be_spread_over_several_attributes() {
    #[derive(Replicate)]
    struct Spread {
        #[replicate(range = 1..=6,)]
        #[replicate(name = "pips", linear)]
        _value: u8,
    }
    let expected = Field {
        name: "pips".to_owned(),
        ty: FieldType::Int { min: 1, max: 6 },
        predict: Predict::Linear,
        audience: Audience::Public,
    };
    assert_eq!(Spread::kind().fields, [expected]);
}

#[test]
fn a_skipped_field_takes_no_column_and_comes_back_as_its_default() {
    let renamed = Renamed { r#type: 1, local: u64::MAX, columns: 2, rest: 3 };
    assert_eq!(columns_of(&renamed), [1, 2, 3]);
    let restored = Renamed::restore(&[1, 2, 3]);
    assert_eq!(restored, Renamed { local: 0, ..renamed });
}

#[test]
fn an_enum_is_the_list_of_its_variants() {
    assert_eq!(Weapon::NAMES, ["cannon", "homing_missile", "emp_burst"]);
    for (index, variant) in
        [Weapon::Cannon, Weapon::HomingMissile, Weapon::EMPBurst].into_iter().enumerate()
    {
        assert_eq!(variant.index() as usize, index);
        assert_eq!(Weapon::from_index(variant.index()), variant);
    }
}

#[test]
fn an_unknown_index_is_the_first_variant() {
    assert_eq!(Weapon::from_index(3), Weapon::Cannon);
    assert_eq!(Weapon::from_index(u32::MAX), Weapon::Cannon);
}

#[test]
fn variants_are_numbered_by_declaration_whatever_their_discriminants() {
    #[derive(Debug, PartialEq, Replicate)]
    #[repr(u8)]
    enum Numbered {
        Late = 40,
        Early = 3,
        Braces {} = 5,
        Parens() = 6,
    }
    let all = [Numbered::Late, Numbered::Early, Numbered::Braces {}, Numbered::Parens()];
    assert_eq!(all.each_ref().map(Variants::index), [0, 1, 2, 3]);
    assert_eq!([0, 1, 2, 3].map(Numbered::from_index), all);
}

#[test]
fn a_struct_without_fields_takes_no_columns() {
    assert_eq!((Empty::COLUMNS, Unit::COLUMNS, Parens::COLUMNS), (0, 0, 0));
    assert!(columns_of(&Unit).is_empty());
    assert_eq!(
        (Empty::restore(&[]), Unit::restore(&[]), Parens::restore(&[])),
        (Empty {}, Unit, Parens())
    );
    assert_eq!(Unit::kind(), Kind { name: "unit".to_owned(), fields: Vec::new() });
}

#[test]
fn a_kind_may_take_every_column_there_is() {
    #[derive(Replicate)]
    struct Full {
        #[replicate(text = 64)]
        a: String,
        #[replicate(text = 64)]
        b: String,
        #[replicate(text = 64)]
        c: String,
        #[replicate(text = 64)]
        d: String,
    }
    assert_eq!(Full::COLUMNS, MAX_COLUMNS);
    let long = || "x".repeat(64);
    let full = Full { a: long(), b: long(), c: long(), d: long() };
    let Full { a, b, c, d } = Full::restore(&columns_of(&full));
    assert_eq!([a, b, c, d], [long(), long(), long(), long()]);
}

#[test]
fn the_schema_of_derived_kinds_is_valid() {
    let kinds = vec![PlayerShip::kind(), Empty::kind(), Unit::kind(), Renamed::kind()];
    assert_eq!(schema_of(kinds).validate(), Ok(()));
}

/// A thing on a torus that says how fast it goes.
#[derive(Debug, PartialEq, Replicate)]
struct Comet {
    #[replicate(range = -8.0..=8.0, step = 0.25, by = speed)]
    pos: Vec2,
    #[replicate(range = -4.0..=4.0, step = 0.5, name = "velocity")]
    speed: Vec2,
    #[replicate(range = 0.0..=100.0, step = 0.5, wrap)]
    around: f32,
    #[replicate(range = 0..=359, wrap)]
    compass: u16,
}

#[test]
fn predictions_name_the_field_on_the_wire_and_rings_go_round() {
    use tickwire_shared::schema::Predict;
    let kind = Comet::kind();
    let predict: Vec<_> = kind.fields.iter().map(|field| field.predict.clone()).collect();
    let by = Predict::By("velocity".to_owned());
    assert_eq!(predict, [by, Predict::Hold, Predict::Wrap, Predict::Wrap]);
    let comet = Comet { pos: Vec2::ONE, speed: Vec2::ZERO, around: 100.5, compass: 725 };
    let mut columns = [0; 6];
    comet.quantise(&mut columns);
    assert_eq!(columns[4..], [1, 5]);
    assert_eq!(Comet::restore(&columns), Comet { around: 0.5, compass: 5, ..comet });
}
