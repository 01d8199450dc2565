//! What was measured, for people.

use super::{Compared, Scenario};

/// Some lines about a scenario.
#[must_use]
pub fn lines(scenario: &Scenario, compared: &Compared) -> String {
    let Compared { server, floor, ratio, ratios, most, .. } = compared;
    let promised = most.map_or(String::new(), |most| format!(" (promised: at most {most:.1})"));
    let all: Vec<String> = ratios.iter().map(|ratio| format!("{ratio:.2}")).collect();
    let mut lines = vec![
        format!("{}: {}, {} Hz", scenario.name, scenario.about, scenario.hz),
        format!(
            "  server CPU a client-tick   {:.2} us, of which {:.0}% kernel; {:.2} cores",
            server.us_a_client_tick,
            100.0 * (1.0 - server.user_us / server.us_a_client_tick),
            server.cores,
        ),
        format!(
            "  floor                      {:.2} us, of which {:.0}% kernel",
            floor.us_a_client_tick,
            100.0 * (1.0 - floor.user_us / floor.us_a_client_tick),
        ),
        format!("  server over floor          {ratio:.2} x{promised}; rounds: {}", all.join(" ")),
        format!(
            "  user space beyond the floor {:.2} us a frame",
            (server.user_us - floor.user_us) / server.frames_a_client_tick.max(1e-9),
        ),
        format!(
            "  delivered                  {:.1} M entity updates a core-second, {:.0} a frame of {:.0} held",
            server.updates_a_core_second / 1e6,
            server.updates_a_frame,
            server.held,
        ),
        format!(
            "  bytes                      {:.0} a frame, {:.1} kB a client-second, {:.2} an update",
            server.bytes_a_frame,
            server.bytes_a_client_second / 1e3,
            server.bytes_a_frame / server.updates_a_frame.max(1e-9),
        ),
        format!(
            "  tick, reads and writes in  p50 {:.2} ms, p99 {:.2} ms",
            server.tick_us.0 / 1e3,
            server.tick_us.1 / 1e3,
        ),
        format!(
            "  proof                      {} hashes equal; {:.3} frames a client-tick; generator at {:.0}% of a core",
            server.hashes,
            server.frames_a_client_tick,
            server.generator * 100.0,
        ),
    ];
    if server.void || floor.void {
        lines.push("  VOID: the load could not keep up, or the server left frames out".to_owned());
    }
    lines.join("\n") + "\n"
}
