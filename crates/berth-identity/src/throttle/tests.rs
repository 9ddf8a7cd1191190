use proptest::prelude::*;

use super::*;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(1_800_000_000_000 + millis).unwrap()
}

fn from(account: &str, network: u32) -> Caller {
    let address = std::net::Ipv4Addr::from(network);
    Caller { account: Account::of("password", account), network: Network::of(address.into()) }
}

/// Small numbers, so that everything happens soon.
fn rules() -> Rules {
    let rule = |free, first, longest, forget| Rule {
        free,
        first: Duration::from_secs(first),
        longest: Duration::from_secs(longest),
        forget: Duration::from_secs(forget),
    };
    Rules {
        account: rule(4, 1, 30, 600),
        network: rule(8, 1, 60, 60),
        pair: rule(2, 2, 900, 600),
        remembered: 64,
    }
}

/// Asks so often that it would be a nuisance, and counts what was let in.
fn attempts(throttle: &mut Throttle, caller: Caller, seconds: i64) -> usize {
    (0..seconds * 10).filter(|tenth| throttle.ask(&caller, at(tenth * 100)) == Answer::Go).count()
}

#[test]
fn the_first_attempts_are_free_and_then_it_takes_longer_and_longer() {
    let mut throttle = Throttle::new(rules());
    let caller = from("jo", 1);
    let mut let_in = Vec::new();

    for second in 0..100 {
        if throttle.ask(&caller, at(second * 1000)) == Answer::Go {
            let_in.push(second);
        }
    }

    // Two are free, the third costs two seconds, and so on; the account adds nothing to that.
    assert_eq!(let_in, [0, 1, 2, 4, 8, 16, 32, 64]);
}

#[test]
fn whoever_succeeds_has_cost_nothing() {
    let mut throttle = Throttle::new(rules());
    let caller = from("jo", 1);

    for second in 0..100 {
        assert_eq!(throttle.ask(&caller, at(second * 1000)), Answer::Go, "{second}");
        throttle.succeeded(&caller, at(second * 1000));
    }
}

#[test]
fn a_thousand_at_once_are_not_a_thousand_free_ones() {
    let mut throttle = Throttle::new(rules());

    let go = (0..1000).filter(|_| throttle.ask(&from("jo", 1), at(0)) == Answer::Go).count();

    assert_eq!(go, 3);
}

#[test]
fn one_network_cannot_try_one_password_on_everybody() {
    let mut throttle = Throttle::new(rules());

    let go = (0..1000)
        .filter(|n| throttle.ask(&from(&format!("user{n}"), 1), at(0)) == Answer::Go)
        .count();

    assert_eq!(go, 9);
}

#[test]
fn an_own_account_does_not_buy_attempts_at_others() {
    let mut throttle = Throttle::new(rules());
    let mut go = 0;

    for n in 0..100 {
        go += usize::from(throttle.ask(&from(&format!("user{n}"), 1), at(n)) == Answer::Go);
        if throttle.ask(&from("mallory", 1), at(n)) == Answer::Go {
            throttle.succeeded(&from("mallory", 1), at(n));
        }
    }

    assert_eq!(go, 9);
}

#[test]
fn an_account_under_attack_from_everywhere_slows_everybody_who_is_new() {
    let mut throttle = Throttle::new(rules());
    for network in 0..20 {
        let _ = throttle.ask(&from("jo", 100 + network), at(0));
    }

    let owner = from("jo", 1);

    assert_eq!(throttle.ask(&owner, at(0)), Answer::Wait(Duration::from_secs(1)));
    assert_eq!(throttle.ask(&from("other", 1), at(0)), Answer::Go, "another account is not slowed");
    assert_eq!(throttle.ask(&owner, at(1000)), Answer::Go);
}

#[test]
fn guessing_from_one_network_is_slow_in_the_long_run() {
    let mut throttle = Throttle::new(Rules::default());

    let in_a_day = attempts(&mut throttle, from("jo", 1), 24 * 3600);

    // Forgetting one failure every half hour does not make up for waits of a quarter.
    assert!((96..115).contains(&in_a_day), "{in_a_day}");
}

#[test]
fn an_office_where_people_mistype_now_and_then_is_not_slowed() {
    let mut throttle = Throttle::new(Rules::default());

    for minute in 0..24 * 60 {
        let caller = from(&format!("person{}", minute % 40), 1);
        assert_eq!(throttle.ask(&caller, at(minute * 60_000)), Answer::Go, "{minute}");
        if minute % 8 != 0 {
            throttle.succeeded(&caller, at(minute * 60_000));
        }
    }
}

#[test]
fn a_clock_that_is_set_back_closes_no_network_for_long() {
    let mut throttle = Throttle::new(rules());
    let caller = from("jo", 1);
    for n in 0..100 {
        let _ = throttle.ask(&from(&format!("user{n}"), 1), at(0));
    }

    let hour = 3_600_000;
    let first = throttle.ask(&caller, at(-hour));

    assert!(matches!(first, Answer::Wait(wait) if wait <= rules().network.longest), "{first:?}");
    let longest = i64::try_from(rules().network.longest.as_millis()).unwrap();
    assert_eq!(throttle.ask(&caller, at(longest - hour)), Answer::Go);
}

#[test]
fn whoever_reaches_the_host_can_make_it_forget() {
    let mut throttle = Throttle::new(rules());
    let owner = from("jo", 1);
    while throttle.ask(&owner, at(0)) == Answer::Go {}

    throttle.forget(owner.account);

    assert_eq!(throttle.ask(&owner, at(0)), Answer::Go);
}

#[test]
fn memory_is_bounded_and_the_hot_are_kept() {
    let mut throttle = Throttle::new(rules());
    let hot = from("jo", 1);
    while throttle.ask(&hot, at(0)) == Answer::Go {}

    for n in 0..10_000 {
        let _ = throttle.ask(&from(&format!("user{n}"), 1000 + n), at(0));
    }

    let sizes = [throttle.accounts.len(), throttle.networks.len(), throttle.pairs.len()];
    assert!(sizes.iter().all(|size| *size <= 64), "{sizes:?}");
    assert!(matches!(throttle.ask(&hot, at(0)), Answer::Wait(_)), "the hot one was forgotten");
}

/// Makes an account so hot that whoever is new there waits, and has its owner come.
fn promised(throttle: &mut Throttle, owner: &Caller) -> i64 {
    for network in 0..20 {
        let _ = throttle.ask(&from("jo", 100 + network), at(0));
    }
    match throttle.ask(owner, at(0)) {
        Answer::Wait(wait) => i64::try_from(wait.as_millis()).unwrap(),
        Answer::Go => panic!("nobody attacked the account"),
    }
}

#[test]
fn one_network_that_invents_accounts_has_nobodys_promise_forgotten() {
    let mut throttle = Throttle::new(rules());
    let owner = from("jo", 1);
    let ready = promised(&mut throttle, &owner);

    // The owner comes back late, as people do.
    for n in 0..20_000 {
        let _ = throttle.ask(&from(&format!("user{n}"), 7), at(ready + 1));
    }

    assert_eq!(throttle.ask(&owner, at(ready + 2)), Answer::Go);
    assert!(throttle.pairs.len() < 64, "who waits for their own network takes no place");
}

#[test]
fn many_networks_that_invent_accounts_have_nobodys_promise_forgotten() {
    let mut throttle = Throttle::new(rules());
    let owner = from("jo", 1);
    let ready = promised(&mut throttle, &owner);

    for n in 0..20_000 {
        let _ = throttle.ask(&from(&format!("user{n}"), 1000 + n / 8), at(ready + 1));
    }

    assert_eq!(throttle.ask(&owner, at(ready + 2)), Answer::Go);
}

#[test]
fn nobody_is_let_go_on_by_inventing_accounts() {
    let mut throttle = Throttle::new(rules());
    let guesser = from("jo", 1);
    for second in 0..=64 {
        let _ = throttle.ask(&guesser, at(second * 1000));
    }

    for n in 0..20_000 {
        let _ = throttle.ask(&from(&format!("user{n}"), 1), at(65_000));
    }

    assert!(matches!(throttle.ask(&guesser, at(66_000)), Answer::Wait(_)));
}

#[test]
fn what_is_right_as_far_as_it_goes_costs_the_account_from_that_network_and_nobody_else() {
    let mut throttle = Throttle::new(rules());
    let caller = from("jo", 1);
    let mut let_in = 0;

    for tenth in 0..100 {
        if throttle.ask(&caller, at(tenth * 100)) == Answer::Go {
            throttle.halfway(&caller, at(tenth * 100));
            let_in += 1;
        }
    }

    // At 0, 0.1, 0.2, 2.2 and 6.2 seconds.
    assert_eq!(let_in, 5);
    assert_eq!(throttle.ask(&from("jo", 2), at(10_000)), Answer::Go);
    assert_eq!(throttle.ask(&from("other", 1), at(10_000)), Answer::Go);
}

proptest! {
    /// What the second invariant but one promises, whatever strangers do.
    #[test]
    fn whoever_waits_as_told_is_let_in(
        strangers in proptest::collection::vec((2_u32..30, 0_i64..40_000), 0..400),
        arrives in 0_i64..40_000,
        late in 0_i64..60_000,
    ) {
        let mut throttle = Throttle::new(rules());
        let owner = from("jo", 1);
        let mut strangers = strangers;
        strangers.sort_by_key(|(_, when)| *when);
        let (before, after): (Vec<_>, Vec<_>) =
            strangers.into_iter().partition(|(_, when)| *when <= arrives);
        for (network, when) in before {
            let _ = throttle.ask(&from("jo", network), at(when));
        }

        let first = throttle.ask(&owner, at(arrives));

        if let Answer::Wait(told) = first {
            prop_assert!(told <= rules().account.longest, "{:?}", told);
            let back = arrives + i64::try_from(told.as_millis()).unwrap() + late;
            for (network, when) in after.into_iter().filter(|(_, when)| *when <= back) {
                let _ = throttle.ask(&from("jo", network), at(when));
                for invented in 0..8 {
                    let _ = throttle.ask(&from(&format!("{network} {invented} {when}"), network), at(when));
                }
            }
            prop_assert_eq!(throttle.ask(&owner, at(back)), Answer::Go);
        }
    }

    /// Clocks that jump do not close anything for longer than the longest wait.
    #[test]
    fn no_wait_is_longer_than_the_longest(
        times in proptest::collection::vec(-4_000_000_i64..4_000_000, 1..200),
    ) {
        let mut throttle = Throttle::new(rules());

        for time in times {
            if let Answer::Wait(wait) = throttle.ask(&from("jo", 1), at(time)) {
                prop_assert!(wait <= rules().pair.longest, "{:?}", wait);
                prop_assert!(!wait.is_zero());
            }
        }
    }
}
