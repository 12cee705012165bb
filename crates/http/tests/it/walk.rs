//! Every operation of the document, tried as everybody who may not. Another's thing is answered exactly
//! as a thing that does not exist, and nothing changes. What the walk knows of an operation is what the
//! document says, so a new one is walked over too, and fails here until it says who may.

use std::cell::RefCell;
use std::collections::BTreeSet;

use axum::body::Body;

use crate::app::{Answer, Client, TestApp, on_both_with_provider};
use crate::hostile::is_refused;
use crate::operations::{Access, Operation, operations};
use crate::samples::{Ids, bodies, body_text, with};
use crate::world::{Side, World, events_since, heads, unknown};

/// What everybody may do without signing in. A new name here is a decision.
const PUBLIC: &[&str] = &[
    "bestSeats",
    "compareOffers",
    "getAvailability",
    "getBookingTerms",
    "getGroup",
    "getMenu",
    "getMerchantPage",
    "getOfferPage",
    "getQueue",
    "getSettings",
    "getShareLink",
    "getShowing",
    "listCoupons",
    "listOffers",
    "listOpenGroups",
    "listPlatformCoupons",
    "listReviewsOfMerchant",
    "listReviewsOfOffer",
    "listReviewsOfStore",
    "listShowings",
    "listVoucherKeys",
    "readCalendar",
    "receiveSandboxWebhook",
    "recordVisits",
    "registerMerchant",
    "requestCode",
    "searchOffers",
    "signInWithCode",
    "signInWithPassword",
    "suggestSearches",
];

/// What every consumer may do with a thing that everybody can see.
const WITH_PUBLIC_THINGS: &[&str] = &[
    "askMerchant",
    "bestCombination",
    "claimCoupon",
    "createShareLink",
    "getMyConversation",
    "getMyMembership",
    "joinMembership",
    "joinQueue",
    "leaveMembership",
    "listBookingCards",
    "quoteOrder",
];

/// Ids in bodies that name what everybody can see, or whatever the caller's role covers.
const PUBLIC_IN_BODIES: &[(&str, &str)] = &[
    ("placeOrder", "offer"),
    ("placeOrder", "entry"),
    ("placeCart", "offer"),
    ("placeCart", "entry"),
    ("quoteCart", "offer"),
    // It looks for the caller's coupons itself.
    ("quoteCart", "wallet_coupon"),
    ("placeBooking", "offer"),
    ("placeBooking", "entry"),
    ("bookOvertime", "offer"),
    ("bookOvertime", "entry"),
    ("bookWithCard", "offer"),
    ("joinWaitlist", "offer"),
    // Marks what is the caller's own up to there.
    ("readMessages", "message"),
    ("proposePayout", "merchant"),
    ("recordPayIn", "merchant"),
    ("offerFranchise", "franchisee"),
    ("createPlatformCoupon", "merchant"),
    ("createPlatformCoupon", "offer"),
    ("createPlatformCoupon", "store"),
    ("previewPlatformCoupon", "merchant"),
    ("previewPlatformCoupon", "offer"),
    ("previewPlatformCoupon", "store"),
    ("closeDay", "after"),
    // A day is nobody's.
    ("scheduleShowing", "day"),
];

/// A walk with all that it found wrong, told together at its end.
struct Walk<'a> {
    app: &'a TestApp,
    world: &'a World,
    before: Vec<(i64, i64)>,
    wrong: RefCell<Vec<String>>,
}

impl<'a> Walk<'a> {
    async fn start(app: &'a TestApp, world: &'a World) -> Self {
        Self {
            app,
            world,
            before: heads(app).await,
            wrong: RefCell::default(),
        }
    }

    fn check(&self, holds: bool, otherwise: impl FnOnce() -> String) {
        if !holds {
            self.wrong.borrow_mut().push(otherwise());
        }
    }

    /// Nothing has happened since the walk began.
    async fn unchanged(&mut self, what: &str) {
        let now = heads(self.app).await;
        if now != self.before {
            let news = events_since(self.app, self.before.clone()).await;
            self.check(false, || format!("{what} changed something: {news:?}"));
            self.before = now;
        }
    }

    fn end(self) {
        let wrong = self.wrong.into_inner();
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }

    /// Somebody does something with some ids.
    async fn attempt(&self, who: &Client, operation: &Operation, ids: &Ids) -> Answer {
        self.send(who, operation, ids, body_text(operation, ids)).await
    }

    async fn send(&self, who: &Client, operation: &Operation, ids: &Ids, body: String) -> Answer {
        let path =
            operation.path_with(|name| ids.get(name).unwrap_or_else(|| panic!("the world has no {name}")));
        let body = if operation.writes() {
            Body::from(body)
        } else {
            Body::empty()
        };
        self.app
            .call(who, operation.method.clone(), &path, None, body)
            .await
    }

    /// `who` is refused with one of these, whether the things exist or not, and cannot tell which it was.
    async fn refused(&self, who: &Client, operation: &Operation, (status, ids): (&[u16], &Ids), case: &str) {
        // Whose merchant it is, its own staff know.
        let inside = status == [403] && !operation.is_for_operators();
        let none = nowhere(ids, |name| !(inside && name == "merchant"));
        self.same(who, operation, status, ids, &none, case).await;
    }

    /// The answer is the same for both, and has one of these statuses.
    async fn same(
        &self,
        who: &Client,
        operation: &Operation,
        status: &[u16],
        real: &Ids,
        none: &Ids,
        case: &str,
    ) {
        let name = &operation.name;
        let answer = self.attempt(who, operation, real).await;
        let seen = told(&answer, real);
        self.check(status.contains(&seen.0), || format!("{name} as {case}: {seen:?}"));
        let problem = answer
            .headers
            .get("content-type")
            .is_some_and(|kind| kind == "application/problem+json");
        self.check(problem, || format!("{name} as {case} is no problem document"));
        let missing = told(&self.attempt(who, operation, none).await, real);
        self.check(seen == missing, || {
            format!("{name} as {case}: {seen:?} is told from {missing:?}")
        });
    }

    async fn half_open(&self, operation: &Operation) {
        let world = self.world;
        for (who, case) in [
            (&Client::default(), "nobody"),
            (&world.stranger.0, "a stranger"),
            (&world.there.owner.0.owner, "another merchant"),
        ] {
            self.refused(who, operation, (&[404], &world.here.ids), case)
                .await;
        }
    }

    async fn consumers(&self, operation: &Operation) {
        let (here, there) = (&self.world.here, &self.world.there);
        let public = WITH_PUBLIC_THINGS.contains(&operation.name.as_str());
        if !operation.parameters().is_empty() && !public {
            for (who, case) in [
                (&self.world.stranger.0, "a stranger"),
                (&there.buyer.0, "another buyer"),
            ] {
                self.refused(who, operation, (&[404], &here.ids), case).await;
            }
        } else if !operation.writes() {
            let seen = self.attempt(&there.buyer.0, operation, &there.ids).await;
            let seen = String::from_utf8_lossy(&seen.bytes);
            for private in ["order", "voucher", "redemption", "wallet_coupon", "token"] {
                let hidden = !seen.contains(&here.ids[private]);
                self.check(hidden, || format!("{} shows another's {private}", operation.name));
            }
        }
    }

    async fn operators(&self, operation: &Operation) {
        let here = &self.world.here;
        for (who, case) in [
            (&self.world.stranger.0, "a consumer"),
            (&here.owner.0.owner, "an owner"),
        ] {
            self.refused(who, operation, (&[403], &here.ids), case).await;
        }
    }

    async fn staff(&self, operation: &Operation, role: &str) {
        let (here, there) = (&self.world.here, &self.world.there);
        self.check(operation.path.contains("{merchant}"), || {
            format!("{}: staff of whom?", operation.name)
        });
        for (who, case) in [
            (&self.world.stranger.0, "a stranger"),
            (&here.buyer.0, "a guest"),
            (&there.owner.0.owner, "another merchant's owner"),
            (&self.world.admin.0, "an operator"),
        ] {
            self.refused(who, operation, (&[404], &here.ids), case).await;
        }
        let too_small = match role {
            "staff:owner" => &[&here.cashier.client, &here.manager][..],
            "staff:manager" => &[&here.cashier.client],
            _ => &[],
        };
        for who in too_small {
            self.refused(who, operation, (&[403], &here.ids), "too small a role")
                .await;
        }
        let parameters = operation.parameters();
        if parameters.iter().any(|name| {
            [
                "store",
                "device",
                "redemption",
                "resource",
                "booking",
                "hall",
                "showing",
            ]
            .contains(name)
        }) {
            let status = self
                .attempt(&here.branch_manager, operation, &here.ids)
                .await
                .status;
            self.check(status == 403, || {
                format!("{}: {status} for another store's manager", operation.name)
            });
        }
        for parameter in parameters
            .into_iter()
            .filter(|name| !["merchant", "day"].contains(name))
        {
            let foreign = foreign(there, here, parameter);
            let none = nowhere(&foreign, |name| name == parameter);
            let case = format!("an owner with another's {parameter}");
            self.same(
                &there.owner.0.owner,
                operation,
                &[403, 404],
                &foreign,
                &none,
                &case,
            )
            .await;
        }
    }

    /// The ids of others in the fields of a body.
    async fn foreign_in_body(&mut self, operation: &Operation, who: &Client) {
        let (here, there) = (&self.world.here, &self.world.there);
        for (body, fields) in bodies(operation, &there.ids) {
            let ids = fields
                .iter()
                .filter_map(|field| Some((field, here.ids.get(name_of(&field.name))?)));
            for (field, other) in ids {
                let name = name_of(&field.name);
                if !field.is("string") || PUBLIC_IN_BODIES.contains(&(&operation.name, name)) {
                    continue;
                }
                let (mut refused, mut seen) = (true, Vec::new());
                for id in [other, &unknown(other)] {
                    let body = with(&body, &field.pointer, id.as_str().into()).to_string();
                    let answer = self.send(who, operation, &there.ids, body).await;
                    refused &= is_refused(&answer);
                    seen.push(told(&answer, &here.ids));
                }
                self.check(refused && seen[0] == seen[1], || {
                    format!("{} with another's {name}: {seen:?}", operation.name)
                });
            }
        }
        self.unchanged(&operation.name).await;
    }
}

/// Status and body, with every id and token replaced.
fn told(answer: &Answer, ids: &Ids) -> (u16, String) {
    let mut text = String::from_utf8_lossy(&answer.bytes).into_owned();
    for id in ids.values() {
        text = text.replace(id.as_str(), "ID").replace(&unknown(id), "ID");
    }
    (answer.status.as_u16(), text)
}

/// The ids, some of them for nothing.
fn nowhere(ids: &Ids, some: impl Fn(&str) -> bool) -> Ids {
    let id_or_none = |(name, id): (&&'static str, &String)| {
        let is_nowhere = some(name) && *name != "day";
        (*name, if is_nowhere { unknown(id) } else { id.clone() })
    };
    ids.iter().map(id_or_none).collect()
}

/// One's own ids, but one of another's.
fn foreign(own: &Side, other: &Side, parameter: &str) -> Ids {
    let theirs = |(name, id): (&&'static str, &String)| {
        let id = if *name == parameter { &other.ids[name] } else { id };
        (*name, id.clone())
    };
    own.ids.iter().map(theirs).collect()
}

/// The name that the world has for what a field of this name holds.
fn name_of(field: &str) -> &str {
    match field {
        "share_token" => "token",
        "logo" => "media",
        other => other,
    }
}

#[test]
fn an_operation_names_who_may_or_is_known_to_be_for_everybody() {
    let open = operations()
        .into_iter()
        .filter(|operation| operation.access == Access::Public);
    let open: BTreeSet<String> = open.map(|operation| operation.name).collect();
    let known: BTreeSet<String> = PUBLIC.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(
        open, known,
        "an operation has no `security`, or is listed as public and has one"
    );
    let scopes = [
        "consumer",
        "staff:cashier",
        "staff:manager",
        "staff:owner",
        "operator",
        "operator:finance",
        "operator:support",
        "operator:admin",
    ];
    for operation in operations() {
        let known = operation.scope().is_none_or(|scope| scopes.contains(&scope));
        assert!(
            known,
            "{} has the unknown scope {:?}",
            operation.name,
            operation.scope()
        );
    }
}

#[test]
fn whoever_may_not_is_refused_and_learns_nothing() {
    on_both_with_provider(async |app| {
        let world = World::with_bookings(app).await;
        let mut walk = Walk::start(app, &world).await;
        for operation in operations() {
            match &operation.access {
                Access::Public => continue,
                Access::PublicOr(_) => walk.half_open(&operation).await,
                Access::Scope(scope) => {
                    walk.refused(
                        &Client::default(),
                        &operation,
                        (&[401], &world.here.ids),
                        "nobody",
                    )
                    .await;
                    match scope.as_str() {
                        "consumer" => walk.consumers(&operation).await,
                        _ if operation.is_for_operators() => walk.operators(&operation).await,
                        role => walk.staff(&operation, role).await,
                    }
                }
            }
            walk.unchanged(&operation.name).await;
        }
        walk.end();
    });
}

#[test]
fn an_id_of_anothers_in_a_body_is_as_good_as_none() {
    on_both_with_provider(async |app| {
        let world = World::with_bookings(app).await;
        let mut walk = Walk::start(app, &world).await;
        for operation in operations() {
            let who = match operation.scope() {
                Some("consumer") => &world.there.buyer.0,
                Some(_) if operation.is_for_operators() => &world.admin.0,
                Some(_) => &world.there.owner.0.owner,
                None => continue,
            };
            walk.foreign_in_body(&operation, who).await;
        }
        walk.end();
    });
}

#[test]
fn dismissed_staff_and_ended_sessions_can_do_nothing_any_more() {
    on_both_with_provider(async |app| {
        let world = World::with_bookings(app).await;
        let here = &world.here;
        let stores = format!("{}/stores", here.owner.0.path);
        app.get(&here.leaver, &stores).await.ok();
        here.owner.dismiss(app, &here.leaver_id).await;
        world.stranger.sign_out(app).await;
        let mut walk = Walk::start(app, &world).await;
        for operation in operations() {
            let Access::Scope(scope) = &operation.access else {
                continue;
            };
            walk.refused(&world.stranger.0, &operation, (&[401], &here.ids), "signed out")
                .await;
            if scope.starts_with("staff:") {
                walk.refused(&here.leaver, &operation, (&[401, 404], &here.ids), "dismissed")
                    .await;
            }
            walk.unchanged(&operation.name).await;
        }
        walk.end();
    });
}
