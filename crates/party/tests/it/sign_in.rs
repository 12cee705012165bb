//! One-time codes, passwords and sessions, and what somebody who guesses gets.

use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};

use kernel::{Actor, DAY_US, HOUR_US, MINUTE_US, SECOND_US, Timestamp};
use party::testing::{NOW, PASSWORD_HASH, consumer, ctx_at, mail, operator, registered_shop, sha_like};
use party::{
    CODE_LIFE_US, CodeCap, Contact, CountPasswordMiss, EndSessions, OperatorRole, RequestCode, SignIn,
    SignInWithCode, SignInWithPassword, SignOut, StoredPassword, count_code, count_password_miss,
    end_sessions, prune_sessions, queries, request_code, sign_in_with_code, sign_in_with_password, sign_out,
};
use store::{Rejected, Store, StoredEvent};

use crate::{ask, code, on_both, run, why};

const RIGHT: [u8; 32] = [7; 32];
const WRONG: [u8; 32] = [8; 32];

fn phone() -> Contact {
    Contact::parse("+86 138 0013 8000").expect("a phone number")
}

fn request(store: &Store, at: Timestamp) -> Result<Timestamp, Rejected> {
    let cmd = RequestCode {
        contact: phone(),
        code_hash: RIGHT,
    };
    let sent = party::testing::run(store, ctx_at(at, Actor::Anonymous), move |tx, ctx| {
        request_code(tx, ctx, &cmd)
    });
    sent.map(|sent| sent.expires_at)
}

fn attempt(store: &Store, at: Timestamp, code_hash: [u8; 32], token: u64) -> SignIn {
    let cmd = SignInWithCode {
        contact: phone(),
        code_hash,
        token_hash: sha_like(1, token),
        device: format!("Safari\0{}", "x".repeat(10_000)),
        locale: "zh-CN".to_owned(),
    };
    let ctx = ctx_at(at, Actor::Anonymous);
    party::testing::run(store, ctx, move |tx, ctx| sign_in_with_code(tx, ctx, &cmd)).expect("an answer")
}

fn declined(tries_left: i64) -> SignIn {
    SignIn::Declined { tries_left }
}

#[test]
fn codes_of_all_addresses_together_are_capped_by_hour_and_day() {
    on_both(|store| {
        let count = |at: Timestamp| {
            let counted = party::testing::run(store, ctx_at(at, Actor::Anonymous), |tx, ctx| {
                let cap = CodeCap {
                    per_hour: 2,
                    per_day: 3,
                };
                count_code(tx, ctx, cap)
            });
            counted.is_ok()
        };
        let later = |us| NOW.plus_us(us);
        assert_eq!([0, 1, 2].map(|us| count(later(us))), [true, true, false]);
        assert_eq!([HOUR_US, 2 * HOUR_US].map(|us| count(later(us))), [true, false]);
        assert!(!count(later(DAY_US - 1)) && count(later(DAY_US)));
    });
}

#[test]
fn a_code_signs_in_once_and_the_same_person_comes_back() {
    on_both(|store| {
        assert_eq!(request(store, NOW), Ok(NOW.plus_us(CODE_LIFE_US)));
        let SignIn::In { person, is_new: true } = attempt(store, NOW, RIGHT, 2) else {
            panic!("declined")
        };
        assert_eq!(attempt(store, NOW, RIGHT, 3), declined(0));
        let later = NOW.plus_us(HOUR_US);
        assert!(request(store, later).is_ok());
        assert_eq!(
            attempt(store, later, RIGHT, 5),
            SignIn::In {
                person,
                is_new: false
            }
        );

        let profile = ask(store, move |read| queries::profile(read, person)).expect("a profile");
        assert_eq!(
            (profile.locale.as_str(), profile.contacts),
            ("zh-CN", vec![phone()])
        );
        let session = ask(store, |read| {
            Ok(read.answer(queries::session(sha_like(1, 5), NOW))?)
        })
        .expect("a session");
        assert_eq!(session.person, person);
        // Each sign-in has a session of its own; a token that was never signed in has none.
        assert!(
            ask(store, |read| Ok(
                read.answer(queries::session(sha_like(1, 2), NOW))?
            ))
            .is_some()
        );
        assert!(
            ask(store, |read| Ok(
                read.answer(queries::session(sha_like(1, 3), NOW))?
            ))
            .is_none()
        );
    });
}

#[test]
fn five_wrong_tries_burn_a_code_and_ten_minutes_end_it() {
    on_both(|store| {
        assert_eq!(attempt(store, NOW, RIGHT, 1), declined(0));
        request(store, NOW).expect("sent");
        for (token, left) in [(3, 4), (4, 3), (5, 2), (6, 1), (7, 0)] {
            assert_eq!(attempt(store, NOW, WRONG, token), declined(left));
        }
        assert_eq!(attempt(store, NOW, RIGHT, 8), declined(0));

        let later = NOW.plus_us(2 * MINUTE_US);
        let expires_at = request(store, later).expect("sent");
        assert_eq!(attempt(store, expires_at, RIGHT, 10), declined(0));
        let just_before = expires_at.plus_us(-1);
        assert!(matches!(
            attempt(store, just_before, RIGHT, 11),
            SignIn::In { .. }
        ));
    });
}

#[test]
fn guesses_at_the_same_time_get_no_more_than_five_tries() {
    on_both(|store| {
        request(store, NOW).expect("sent");
        let (go, tried) = (Barrier::new(32), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for n in 0..32 {
                let (go, tried) = (&go, &tried);
                scope.spawn(move || {
                    go.wait();
                    // The last of the guesses is right, but comes sixth or later in most runs; what counts
                    // is how many were looked at.
                    match attempt(store, NOW, WRONG, 100 + n) {
                        SignIn::Declined { tries_left } if tries_left > 0 => {
                            tried.fetch_add(1, Ordering::SeqCst)
                        }
                        SignIn::Declined { .. } => 0,
                        SignIn::In { .. } => panic!("a wrong code signed in"),
                    }
                });
            }
        });
        // The fifth says 0, like all after it.
        assert_eq!(tried.load(Ordering::SeqCst), 4);
        assert_eq!(attempt(store, NOW, RIGHT, 200), declined(0));
    });
}

#[test]
fn the_right_code_sent_many_times_at_once_signs_in_once() {
    on_both(|store| {
        request(store, NOW).expect("sent");
        let (go, signed_in) = (Barrier::new(16), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for n in 0..16 {
                let (go, signed_in) = (&go, &signed_in);
                scope.spawn(move || {
                    go.wait();
                    let outcome = attempt(store, NOW, RIGHT, 100 + n);
                    let won = matches!(outcome, SignIn::In { .. });
                    signed_in.fetch_add(u64::from(won), Ordering::SeqCst);
                });
            }
        });
        assert_eq!(signed_in.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn an_address_gets_one_code_a_minute_five_an_hour_ten_a_day() {
    on_both(|store| {
        let mut sent = 0;
        // Every half minute for a day and a bit.
        for step in 0..(2 * 60 * 25) {
            let at = NOW.plus_us(step * 30 * SECOND_US);
            match request(store, at) {
                Ok(_) => sent += 1,
                Err(rejected) => assert_eq!(rejected.code, "code_too_often"),
            }
            match step {
                0 | 1 => assert_eq!(sent, 1),
                2 => assert_eq!(sent, 2),
                119 => assert_eq!(sent, 5),
                2879 => assert_eq!(sent, 10),
                2880 => assert_eq!(sent, 11),
                _ => {}
            }
        }
    });
}

#[test]
fn requests_at_the_same_time_send_one_code() {
    on_both(|store| {
        let (go, sent) = (Barrier::new(16), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for _ in 0..16 {
                let (go, sent) = (&go, &sent);
                scope.spawn(move || {
                    go.wait();
                    sent.fetch_add(u64::from(request(store, NOW).is_ok()), Ordering::SeqCst);
                });
            }
        });
        assert_eq!(sent.load(Ordering::SeqCst), 1);
        let (code, field) = code(request(store, NOW.plus_us(20 * SECOND_US)));
        assert_eq!(
            (code.as_str(), field.as_deref()),
            ("code_too_often", Some("/contact"))
        );
    });
}

fn password_sign_in(
    store: &Store,
    at: Timestamp,
    verified_hash: &str,
    token: u64,
) -> Result<kernel::PersonId, Rejected> {
    let cmd = SignInWithPassword {
        login: mail("owner", 1),
        verified_hash: verified_hash.to_owned(),
        token_hash: sha_like(2, token),
        device: "test".to_owned(),
    };
    let ctx = ctx_at(at, Actor::Anonymous);
    party::testing::run(store, ctx, move |tx, ctx| sign_in_with_password(tx, ctx, &cmd))
}

fn miss(store: &Store, at: Timestamp, login: Contact) {
    let cmd = CountPasswordMiss { login };
    let ctx = ctx_at(at, Actor::Anonymous);
    party::testing::run(store, ctx, move |tx, ctx| count_password_miss(tx, ctx, &cmd)).expect("no rejection");
}

#[test]
fn a_password_that_was_checked_against_another_hash_is_refused() {
    on_both(|store| {
        let shop = registered_shop(store, 1);
        let stored: StoredPassword =
            ask(store, |read| queries::password(read, &mail("owner", 1))).expect("a password");
        assert_eq!((stored.person, stored.hash.as_str()), (shop.owner, PASSWORD_HASH));
        assert_eq!(password_sign_in(store, NOW, PASSWORD_HASH, 1), Ok(shop.owner));
        let changed = password_sign_in(store, NOW, "$argon2id$another", 2);
        let unknown = run(store, Actor::Anonymous, |tx, ctx| {
            let cmd = SignInWithPassword {
                login: mail("nobody", 1),
                verified_hash: PASSWORD_HASH.to_owned(),
                token_hash: sha_like(3, 3),
                device: String::new(),
            };
            sign_in_with_password(tx, ctx, &cmd)
        });
        // Word for word the same, so that nobody learns which logins exist.
        assert_eq!(changed, unknown);
        assert_eq!(why(changed), "sign_in_refused");
    });
}

#[test]
fn ten_misses_lock_a_login_for_fifteen_minutes_and_say_nothing() {
    on_both(|store| {
        registered_shop(store, 1);
        miss(store, NOW, mail("nobody", 1));
        for _ in 0..9 {
            miss(store, NOW, mail("owner", 1));
        }
        assert!(
            password_sign_in(store, NOW, PASSWORD_HASH, 20).is_ok(),
            "a success forgets the misses"
        );
        let go = Barrier::new(10);
        std::thread::scope(|scope| {
            for _ in 0..10 {
                let go = &go;
                scope.spawn(move || {
                    go.wait();
                    miss(store, NOW, mail("owner", 1));
                });
            }
        });
        let locked = NOW.plus_us(15 * MINUTE_US - 1);
        assert_eq!(
            why(password_sign_in(store, locked, PASSWORD_HASH, 50)),
            "sign_in_refused"
        );
        // Misses while it is locked do not prolong it.
        miss(store, locked, mail("owner", 1));
        assert!(password_sign_in(store, NOW.plus_us(15 * MINUTE_US), PASSWORD_HASH, 52).is_ok());
    });
}

#[test]
fn a_session_ends_by_sign_out_by_time_and_when_all_are_ended() {
    on_both(|store| {
        let shop = registered_shop(store, 1);
        let live = |token: [u8; 32], at| {
            ask(store, move |read| Ok(read.answer(queries::session(token, at))?)).is_some()
        };
        for token in 1..=3 {
            password_sign_in(store, NOW, PASSWORD_HASH, token).expect("signed in");
        }
        let first = sha_like(2, 1);
        run(store, Actor::Anonymous, move |tx, ctx| {
            sign_out(tx, ctx, &SignOut { token_hash: first })?;
            sign_out(tx, ctx, &SignOut { token_hash: first })
        })
        .expect("signing out twice is signing out");
        assert!(!live(first, NOW) && live(sha_like(2, 2), NOW));
        assert!(
            !live(sha_like(2, 2), NOW.plus_us(12 * HOUR_US)),
            "staff stay signed in for a working day"
        );

        let everywhere = move |tx: &mut store::Tx, ctx: &kernel::Ctx| {
            end_sessions(tx, ctx, &EndSessions { person: shop.owner })
        };
        let stranger = consumer(store, 1);
        assert_eq!(
            why(run(store, Actor::Consumer(stranger), everywhere)),
            "forbidden"
        );
        assert_eq!(why(run(store, Actor::Anonymous, everywhere)), "sign_in_required");
        assert_eq!(
            run(store, shop.as_owner(), everywhere),
            Ok(3),
            "two here and the one of the registration"
        );
        assert!(!live(sha_like(2, 2), NOW) && !live(sha_like(2, 3), NOW));
        let admin = operator(store, OperatorRole::Admin, 1);
        assert_eq!(run(store, Actor::Operator(admin), everywhere), Ok(0));
    });
}

#[test]
fn what_nobody_can_use_any_more_is_forgotten_but_not_the_limits() {
    on_both(|store| {
        request(store, NOW).expect("sent");
        attempt(store, NOW, RIGHT, 2);
        let prune = move |before| {
            let ctx = ctx_at(NOW, Actor::System);
            party::testing::run(store, ctx, move |tx, ctx| prune_sessions(tx, ctx, before, 100))
                .expect("pruned")
        };
        assert_eq!(prune(NOW.plus_us(DAY_US)), 0);
        assert_eq!(prune(NOW.plus_us(3 * DAY_US)), 1, "the code");
        assert_eq!(prune(NOW.plus_us(31 * DAY_US)), 1, "the session");
        let outsider = run(store, Actor::Anonymous, |tx, ctx| prune_sessions(tx, ctx, NOW, 1));
        assert_eq!(why(outsider), "sign_in_required");
    });
}

#[test]
fn no_address_code_or_token_reaches_the_event_log() {
    on_both(|store| {
        request(store, NOW).expect("sent");
        attempt(store, NOW, RIGHT, 2);
        registered_shop(store, 1);
        let mut bodies = String::new();
        for partition in 0..store::PARTITIONS {
            for event in ask(store, move |read| {
                Ok(StoredEvent::after(read, partition, 0, 100)?)
            }) {
                bodies += &event.body;
            }
        }
        assert!(bodies.contains("per_"), "{bodies}");
        for secret in ["138", "@", "argon2", "桥", "Owner"] {
            assert!(!bodies.contains(secret), "{secret} in {bodies}");
        }
    });
}
