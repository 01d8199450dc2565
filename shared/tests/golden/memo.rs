//! Replicas that share a memo, beside one that does not: what comes out is the same.

use tickwire_shared::{
    frame::{FrameHeader, FrameTick, SegmentBody, write_segment},
    replica::{Memo, Replica},
};

use crate::sessions::{self, HZ, Session};

/// A frame as it is, or with a byte changed on every fifth.
fn frames(session: &Session) -> impl Iterator<Item = Vec<u8>> {
    session.frames.iter().enumerate().flat_map(|(index, frame)| {
        let mut broken = frame.clone();
        let last = broken.len() - 1;
        broken[last] ^= 0x55;
        // What a broken frame does to a replica is undone by none, so few sessions would go on.
        let broken = (index % 5 == 4).then_some(broken);
        [Some(frame.clone()), broken].into_iter().flatten()
    })
}

fn same(alone: &Replica, sharing: &Replica) {
    assert_eq!(alone.segments(), sharing.segments());
    assert_eq!((alone.tick(), alone.hash()), (sharing.tick(), sharing.hash()));
    assert_eq!(alone.changes(), sharing.changes());
}

/// Two replicas share what they decode; how often their rows were the very same in memory.
fn play(session: &Session, memo: &mut Memo) -> usize {
    let mut alone = Replica::new(session.schema.clone(), &session.table, HZ).expect("it is valid");
    let mut share = || memo.dialect(session.schema.clone(), &session.table, HZ).expect("it is");
    let mut sharing = [Replica::of(share()), Replica::of(share())];
    let mut united = 0;
    for frame in frames(session) {
        let expected = alone.apply(&frame);
        for replica in &mut sharing {
            assert_eq!(replica.apply_with(&frame, memo), expected);
            same(&alone, replica);
        }
        let [a, b] = &sharing;
        let pairs = a.segments().iter().zip(b.segments());
        united += pairs.filter(|(a, b)| std::ptr::eq(a.rows.ids(), b.rows.ids())).count();
    }
    united
}

/// A frame that keeps the first segment held, and then makes no sense.
fn broken_after_a_keep(replica: &Replica) -> Option<Vec<u8>> {
    let mut frame = Vec::new();
    FrameHeader { tick: FrameTick::After(1), ..FrameHeader::default() }.write(&mut frame);
    write_segment(replica.segments().first()?.handle, SegmentBody::Keep, &mut frame);
    frame.push(0xFF);
    Some(frame)
}

/// What a frame changed is the same whether it is asked for at once or after a frame that failed.
fn ask_late(session: &Session) -> usize {
    let replica = || Replica::new(session.schema.clone(), &session.table, HZ).expect("it is valid");
    let (mut asked, mut late, mut failed) = (replica(), replica(), 0);
    for frame in &session.frames {
        assert_eq!(asked.apply(frame), late.apply(frame));
        let changes = asked.changes().to_vec();
        if let Some(broken) = broken_after_a_keep(&late) {
            late.apply(&broken).expect_err("it makes no sense");
            failed += 1;
        }
        assert_eq!(late.changes(), changes);
    }
    failed
}

pub fn check() {
    let failed: usize = sessions::all().iter().map(ask_late).sum();
    assert!(failed > 20, "only {failed} frames failed");
    let mut memo = Memo::default();
    // Again with what the memo then has, of several dialects.
    for _ in 0..2 {
        let united: usize = sessions::all().iter().map(|session| play(session, &mut memo)).sum();
        assert!(united > 20, "only {united} segments were shared");
    }
}
