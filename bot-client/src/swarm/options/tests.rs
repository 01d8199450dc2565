use super::*;

fn parse(args: &str) -> Result<SwarmOptions, clap::Error> {
    let words = ["tickwire-bots", "swarm"].into_iter().chain(args.split_whitespace());
    Cli::try_parse_from(words).map(|cli| match cli.command {
        Command::Swarm(options) => options,
        _ => unreachable!("it says swarm"),
    })
}

#[test]
fn the_command_line_is_well_formed() {
    use clap::CommandFactory;
    Cli::command().debug_assert();
}

#[test]
fn nothing_given_is_fifty_bots_in_one_room_for_half_a_minute() {
    let options = parse("").unwrap();
    assert_eq!((options.bots, options.rooms, options.time.as_secs()), (50, 1, 30));
    assert_eq!(options.check(), Ok(()));
    assert_eq!(options.behaviour, BehaviourKind::Auto);
    assert!(!options.allow_remote);
    assert_eq!(options.game, None, "the server knows what it hosts");
}

#[test]
fn everything_can_be_given() {
    let all = "--url http://localhost:1 -n 7 --rooms 3 --game drift --for 2m --ramp 50 --churn 10% \
               --behaviour idle --seed 9 --name-prefix x --json a.json -q --threads 2 --allow-remote";
    let options = parse(all).unwrap();
    assert_eq!((options.bots, options.rooms, options.churn), (7, 3, 10.0));
    assert_eq!((options.time.as_secs(), options.threads), (120, Some(2)));
    assert_eq!(options.behaviour, BehaviourKind::Idle);
}

#[test]
fn what_makes_no_sense_is_a_usage_error() {
    for bad in [
        "--bots 0",
        "--rooms 0",
        "--for soon",
        "--game a/b",
        "--ramp 0",
        "--churn -1",
        "--churn NaN",
        "--name-prefix a-name-that-is-too-long",
        "--behaviour wild",
        "--rooms 2 --room ABCD",
        "--threads 0",
        "extra",
    ] {
        let error = parse(bad).expect_err(bad);
        assert_eq!(error.exit_code(), 2, "{bad}");
    }
}

#[test]
fn a_negative_number_is_out_of_range_rather_than_an_unknown_option() {
    for (bad, words) in [
        ("--bots -1", "1..=100000"),
        ("-n -1", "1..=100000"),
        ("--rooms -2", "1..=10000"),
        ("--ramp -0.5", "0.1 to 100000"),
        ("--churn -5", "0 to 6000"),
        ("--for -30", "30s, 2m or 1h30m"),
        ("--seed -1", "invalid digit"),
        ("--threads -4", "1..=1024"),
    ] {
        let text = parse(bad).expect_err(bad).to_string();
        assert!(text.contains(words), "{bad}: {text}");
    }
}

#[test]
fn options_must_agree_with_each_other() {
    let problem = |args| parse(args).unwrap().check().unwrap_err();
    assert!(problem("--bots 2 --rooms 3").contains("cannot fill"));
    assert!(problem("--bots 1000 --ramp 10 --for 30s").contains("larger --ramp"));
}
