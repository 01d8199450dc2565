//! Tag, complete: dots run about a field, and whoever is "it" hands that on by touch.
use tickwire_shared::{glam::Vec2, schema::Schema, slotmap::*, *};

#[derive(Default, Replicate, Serialize, Deserialize)]
struct Dot {
    player: PlayerId,
    #[replicate(text = 16)]
    name: String,
    #[replicate(range = 0.0..=400.0, step = 0.5, linear)]
    pos: Vec2,
    it: bool,
    #[replicate(linear)]
    ticks_as_it: u32, // the fewest win
    #[replicate(skip)]
    push: Vec2,
}
#[derive(Clone, Default, Replicate)]
struct Push {
    x: i8, // to the right, in units a second
    y: i8, // and down
}
#[derive(Replicate)]
struct Tagged {
    player: PlayerId,
}
#[derive(Default, Serialize, Deserialize)]
struct Tag {
    dots: SlotMap<DefaultKey, Dot>,
    it: DefaultKey,
    truce: f32, // seconds until "it" may tag again, so that nobody is tagged straight back
}

impl Game for Tag {
    const NAME: &'static str = "minimal";
    type Config = ();
    type Input = Push;

    fn schema() -> Schema {
        SchemaBuilder::new::<Self>().kind::<Dot>().message::<Tagged>().build()
    }
    fn init(_: &(), _seed: u64) -> Self {
        Tag::default()
    }
    fn join(&mut self, player: PlayerId, name: &str) {
        let pos = Vec2::new((player.0 % 20 * 20) as f32, (player.0 % 19 * 20) as f32);
        self.dots.insert(Dot { player, name: name.to_owned(), pos, ..Dot::default() });
    }
    fn leave(&mut self, player: PlayerId) {
        self.dots.retain(|_, dot| dot.player != player);
    }
    fn input(&mut self, player: PlayerId, push: &Push) {
        if let Some(dot) = self.dots.values_mut().find(|dot| dot.player == player) {
            dot.push = Vec2::new(push.x.into(), push.y.into());
        }
    }
    fn step(&mut self, step: &mut Step<'_>) {
        for (key, dot) in &mut self.dots {
            dot.pos = (dot.pos + dot.push * step.dt).clamp(Vec2::ZERO, Vec2::splat(400.0));
            dot.it = key == self.it;
            dot.ticks_as_it += u32::from(dot.it);
        }
        self.truce = (self.truce - step.dt).max(0.0);
        let it = self.dots.get(self.it).map(|it| it.pos);
        let near = |dot: &Dot| it.is_none_or(|it| self.truce <= 0.0 && dot.pos.distance(it) < 16.0);
        if let Some((key, dot)) = self.dots.iter().find(|(key, dot)| *key != self.it && near(dot)) {
            step.send(To::All, &Tagged { player: dot.player });
            (self.it, self.truce) = (key, 1.0);
        }
    }
    fn replicate(&self, capture: &mut Capture<'_>) {
        self.dots.iter().for_each(|(key, dot)| capture.put(key, Belongs::NOBODY, dot));
    }
}

fn main() -> std::process::ExitCode {
    tickwire_server::serve::<Tag>()
}
#[cfg(test)]
mod tests;
