//! How a connection comes to hold a session: it joins with a seat, or resumes with a token.

use std::time::Instant;

use tickwire_room::{Newcomer, clean_name};
use tickwire_shared::{
    message::{self, CloseCode, Join},
    session::Resume,
};

use super::{Connection, Hall};
use crate::{
    directory::Seat,
    shard::{
        Context, Transport,
        greeting::{Greeting, read_greeting},
        socket::Socket,
    },
    ws::close::CloseReason,
};

impl<S: Socket> Connection<S> {
    pub(super) fn greet(
        &mut self,
        message: &[u8],
        now: Instant,
        hall: &mut Hall<'_>,
        cx: &Context,
    ) -> Result<(), CloseReason> {
        match read_greeting(message)? {
            Greeting::Join(join) => {
                let seat = self.take_seat(&join, now, hall, cx)?;
                self.join(&join, seat, hall)
            }
            Greeting::Resume(resume) => self.resume(&resume, hall, cx),
        }
    }

    fn take_seat(
        &mut self,
        join: &Join,
        now: Instant,
        hall: &Hall<'_>,
        cx: &Context,
    ) -> Result<Seat, CloseReason> {
        let own = self.stranger.as_mut().and_then(|stranger| stranger.seat.take());
        let seat = match &join.ticket {
            Some(ticket) => cx.directory.redeem(ticket, hall.entry, now)?,
            None => own.ok_or_else(|| {
                let why = "the join has no ticket; reserve a seat first";
                CloseReason::new(CloseCode::BadTicket, why)
            })?,
        };
        // Whoever had a seat may have been banned since, or comes from elsewhere with a ticket.
        cx.directory.check_bans(&seat, self.address)?;
        Ok(seat)
    }

    fn join(&mut self, join: &Join, seat: Seat, hall: &mut Hall<'_>) -> Result<(), CloseReason> {
        let pass = &seat.pass;
        let newcomer = Newcomer {
            schema_hash: join.schema_hash,
            spectator: pass.spectator,
            host: pass.host,
            identity: pass.identity.as_deref(),
            ..Newcomer::named(&join.name)
        };
        let joined = hall.room.handle_join(&newcomer);
        let player = joined
            .map_err(|refusal| CloseReason::new(refusal.close_code(), refusal.to_string()))?;
        let token = hall.sessions.begin(player, seat, (self.number, self.address));
        (self.player, self.stranger) = (Some(player), None);
        self.carrier.reply(&hall.room.welcome(player, &token));
        let (name, from) = (clean_name(&join.name), self.address);
        tracing::debug!(room = hall.room.code(), player = player.0, name, %from, "joined");
        Ok(())
    }

    fn resume(
        &mut self,
        resume: &Resume,
        hall: &mut Hall<'_>,
        cx: &Context,
    ) -> Result<(), CloseReason> {
        let Some((player, token)) = hall.sessions.resume(resume, (self.number, self.address))
        else {
            return Err(no_session(cx));
        };
        if !hall.room.handle_resume(player, resume.applied) {
            hall.sessions.end(player);
            return Err(no_session(cx));
        }
        (self.player, self.is_confirmed, self.stranger) = (Some(player), false, None);
        match resume.applied {
            Some(_) => self.carrier.reply(&message::resumed(&token)),
            None => self.carrier.reply(&hall.room.welcome(player, &token)),
        }
        cx.metrics.resumes.add(1);
        let from = self.address;
        tracing::debug!(room = hall.room.code(), player = player.0, %from, "resumed");
        Ok(())
    }
}

fn no_session(cx: &Context) -> CloseReason {
    cx.metrics.refused_resumes.add(1);
    CloseReason::new(CloseCode::NoSession, "the session is over, or this is not its token")
}
