//! The model's figures.

use super::Figures;
use crate::run::booked::seat_name;
use crate::run::model::{Bucket, Keeps, Model, QueueTicket, money::Paid};
use crate::run::op::{Name, No};
use crate::run::world::LINES;

/// Every figure as it must be.
pub(super) fn figures(model: &Model) -> Figures {
    let mut figures = Figures::new();
    for ((account, owner, currency), balance) in &model.books.0 {
        figures.insert(
            format!("{account} of {owner:?} in {currency}"),
            format!("{balance:?}"),
        );
    }
    orders(model, &mut figures);
    groups(model, &mut figures);
    bookings(model, &mut figures);
    buckets(model, &mut figures);
    for (no, attempt) in &model.attempts {
        let taken = attempt.charged_back.as_ref();
        let (amount, lost) = taken.map_or((0, 0), |taken| (taken.amount, taken.lost));
        let reversed = i64::from(taken.is_some_and(|taken| taken.reversed));
        let said = format!(
            "{}, {amount} taken, {lost} lost, {reversed}",
            lower(attempt.status)
        );
        figures.insert(format!("{:?}", Name::Attempt(*no)), said);
    }
    for (no, refund) in &model.refunds {
        let said = format!(
            "{} {} {} {}",
            lower(refund.status),
            refund.paid.cash,
            refund.paid.rebate,
            refund.compensation
        );
        figures.insert(format!("{:?}", Name::Refund(*no)), said);
    }
    for (no, redemption) in &model.redemptions {
        let (uses, use_no) = (redemption.uses, redemption.use_no);
        let currency = worth_in(model, redemption.voucher.0);
        let (status, at) = (lower(redemption.status), redemption.scanned_at.0);
        let missed = if redemption.missed { "missed" } else { "taken" };
        let said = format!("{status} {uses} to use {use_no} of {currency:?} {missed} at {at}");
        figures.insert(format!("{:?}", Name::Redemption(*no)), said);
        if let Some(review) = &redemption.review {
            let (status, stars, replied) = (lower(review.status), review.stars, review.replied);
            let said = format!(
                "{status} {stars}, {}",
                if replied { "answered" } else { "not answered" }
            );
            figures.insert(format!("review of {:?}", Name::Redemption(*no)), said);
        }
        if let Some(rebate) = redemption.rebate {
            let said = format!("{} {}", lower(rebate), redemption.split.rebate);
            figures.insert(format!("rebate of {:?}", Name::Redemption(*no)), said);
        }
    }
    for (no, payout) in &model.payouts {
        let said = format!("{} {}", lower(payout.status), payout.amount);
        figures.insert(format!("{:?}", Name::Payout(*no)), said);
    }
    for (coupon, number) in &model.codes_used {
        figures.insert(format!("code {number} of coupon {coupon}"), "used".to_owned());
    }
    for ((coupon, person), claimed) in &model.claimed {
        let said = format!("{} {} {}", claimed.in_all, claimed.day, claimed.on_day);
        figures.insert(format!("coupon {coupon} of {person}"), said);
    }
    for (no, wallet) in &model.wallets {
        figures.insert(format!("{:?}", Name::Wallet(*no)), lower(wallet.status));
    }
    for ((person, currency), amount) in model.spendable.iter().filter(|(_, amount)| **amount != 0) {
        figures.insert(format!("spendable of {person} in {currency}"), amount.to_string());
    }
    for ((kind, name), due) in &model.timers {
        figures.insert(format!("{kind:?} of {name:?}"), due.0.to_string());
    }
    for ((.., no), scanned) in &model.scans {
        figures.insert(
            format!("scan {no}"),
            format!("{} {}", scanned.said, scanned.amount),
        );
    }
    for (no, entry) in &model.entries {
        for (good, count) in &entry.visits {
            figures.insert(
                format!("visits by {:?} to {good:?}", Name::Entry(*no)),
                count.to_string(),
            );
        }
    }
    for ((person, kind), (count, sum)) in &model.told {
        figures.insert(format!("{kind} told to {person}"), format!("{count} of {sum}"));
    }
    for ((shop, staff), clerk) in &model.clerks {
        let said = clerk.post.map(lower);
        let name = format!("{:?}", Name::Staff(*shop, *staff));
        figures.extend(said.map(|said| (name.clone(), said)));
        if !clerk.sessions.is_empty() {
            figures.insert(format!("sessions of {name}"), clerk.sessions.len().to_string());
        }
    }
    for (n, ended) in model.agreement_ended.iter().enumerate() {
        let said = if *ended { "ended" } else { "accepted" };
        figures.insert(format!("{:?}", Name::Agreement(n)), said.to_owned());
    }
    lines(model, &mut figures);
    figures
}

/// As it is stored: `InGroup` is `in_group`.
fn lower(status: impl std::fmt::Debug) -> String {
    let name = format!("{status:?}");
    let letters = name.char_indices().map(|(at, letter)| match at {
        1.. if letter.is_uppercase() => format!("_{letter}"),
        _ => letter.to_string(),
    });
    letters.collect::<String>().to_lowercase()
}

fn bookings(model: &Model, figures: &mut Figures) {
    for (no, booking) in &model.bookings {
        let (starts_at, ends_at) = booking.period;
        let resources: Vec<_> = booking.places.iter().map(|(resource, _)| resource).collect();
        let order = booking
            .order
            .map(|no| (Name::Order(no), model.orders[&no].booked_until));
        let (held, taken) = match model.keeps(booking) {
            Keeps::Held => (booking.size(), 0),
            Keeps::Taken => (0, booking.size()),
            Keeps::Nothing => (0, 0),
        };
        let card = booking.card.map(|kept| {
            let (order, n) = kept.voucher;
            let taken = kept.redemption.map(Name::Redemption);
            (Name::Voucher(order, n), kept.uses, taken)
        });
        let showing = booking.seats.as_ref().map(|(showing, _)| Name::Showing(*showing));
        let seats = booking.seats.iter().flat_map(|(_, seats)| seats);
        let seats: Vec<_> = seats.map(|seat| seat_name(*seat)).collect();
        let said = format!(
            "{:?} with {card:?} of {} from {} to {}, {}, at {resources:?}, {held} held and {taken} taken, {seats:?} of {showing:?}",
            order.map(|(order, until)| (order, until.map_or(0, |until| until.0))),
            booking.party,
            starts_at.0,
            ends_at.0,
            booking.outcome.map_or_else(|| "open".to_owned(), lower),
        );
        figures.insert(format!("{:?}", Name::Booking(*no)), said);
    }
    queues(model, figures);
    for (no, entry) in &model.waitlist {
        let held = entry.held().map_or(0, |slot| {
            let units: i64 = slot.places.iter().map(|(_, units)| units).sum();
            units * (slot.steps.end - slot.steps.start)
        });
        let said = format!(
            "{} of {} until {}, from {}, {held} held",
            lower(entry.status),
            entry.wish.party,
            entry.stands_until.0,
            entry.slot.as_ref().map_or(0, |slot| slot.period.0.0),
        );
        figures.insert(format!("{:?}", Name::WaitlistEntry(*no)), said);
    }
    for ((resource, step), bucket) in model.places() {
        figures.insert(format!("place {resource} at {step}"), level(bucket));
    }
    for (no, showing) in &model.showings {
        let (starts_at, ends_at) = showing.period;
        let said = format!(
            "{} from {} to {}, {} more in the box",
            if showing.called_off {
                "called_off"
            } else {
                "scheduled"
            },
            starts_at.0,
            ends_at.0,
            showing.surcharge,
        );
        figures.insert(format!("{:?}", Name::Showing(*no)), said);
    }
    for ((showing, seat), bucket, whose) in model.seats_of_showings() {
        let name = format!("seat {} of {:?}", seat_name(seat), Name::Showing(showing));
        let whose: Vec<_> = whose.iter().map(|booking| format!("{booking:?}")).collect();
        figures.insert(name, format!("{} of {whose:?}", level(bucket)));
    }
}

fn queues(model: &Model, figures: &mut Figures) {
    for (shop, queue) in &model.queues {
        let lines = LINES[queue.lines].iter();
        let lines: Vec<_> = lines.map(|(name, most)| (name.to_string(), *most)).collect();
        let said = format!("{} {lines:?}", i64::from(queue.is_open));
        figures.insert(format!("queue of {shop}"), said);
    }
    for (no, ticket) in &model.queue_tickets {
        let QueueTicket {
            shop,
            person,
            line,
            number,
            day,
            party,
            called_at,
            ..
        } = ticket;
        let said = format!(
            "{line}{number} of {day} at {shop}, {party} by {person:?}, {}, called at {}",
            lower(ticket.status),
            called_at.map_or(0, |at| at.0),
        );
        figures.insert(format!("{:?}", Name::QueueTicket(*no)), said);
    }
}

/// A bucket as it is stored.
fn level(bucket: Bucket) -> String {
    let closed = i64::from(bucket.closed);
    format!("{} {} {} {closed}", bucket.capacity, bucket.held, bucket.taken)
}

fn groups(model: &Model, figures: &mut Figures) {
    for (no, group) in &model.groups {
        let said = format!(
            "{} until {}, {} of {} paid, {}",
            lower(group.status),
            group.closes_at.0,
            group.places.taken + 1,
            group.places.capacity + 1,
            level(group.places),
        );
        let name = format!("{:?}", Name::Group(*no));
        for (person, order) in &group.members {
            figures.insert(
                format!("{person} in {name}"),
                format!("{:?}", Name::Order(*order)),
            );
        }
        figures.insert(name, said);
    }
}

fn orders(model: &Model, figures: &mut Figures) {
    for (no, order) in &model.orders {
        let of_order = model
            .refunds
            .values()
            .filter(|refund| refund.order == *no && !refund.unwanted);
        let [mut cash, mut escrow] = [-order.restored.cash, -order.restored.escrow()];
        for refund in of_order {
            cash += refund.paid.cash;
            escrow += refund.paid.escrow();
        }
        let said = format!(
            "{} {cash} {escrow} {} units back, in {:?}",
            lower(order.status),
            order.units_returned,
            order.group.map(Name::Group)
        );
        figures.insert(format!("{:?}", Name::Order(*no)), said);
        if let Some(until) = order.booked_until.filter(|_| order.open_ticket) {
            let name = format!("open ticket of {:?}", Name::Order(*no));
            figures.insert(name, until.0.to_string());
        }
        let source = (order.entry.map(Name::Entry), order.sharer);
        figures.insert(format!("source of {:?}", Name::Order(*no)), format!("{source:?}"));
        for (n, voucher) in order.vouchers.iter().enumerate() {
            let Paid {
                price,
                platform,
                merchant,
                rebate,
                cash,
                at_store,
            } = voucher.paid;
            let said = format!(
                "{} {} left of {:?} and {} held until {}, {price} {platform} {merchant} {rebate} {cash} {at_store}",
                lower(voucher.status),
                voucher.uses_left,
                worth_in(model, *no),
                model.held((*no, n as u8)),
                voucher.valid_until.0
            );
            figures.insert(format!("{:?}", Name::Voucher(*no, n as u8)), said);
        }
    }
}

/// In what the vouchers of an order are worth an amount.
fn worth_in(model: &Model, order: No) -> Option<&'static str> {
    let good = model.orders[&order].good;
    let is_worth = model.world.goods[good].is_stored_value();
    is_worth.then(|| model.world.currency_of(good).code())
}

fn buckets(model: &Model, figures: &mut Figures) {
    let kinds: [(&str, &[Bucket]); 4] = [
        ("stock", &model.stock),
        ("head count", &model.head_count),
        ("coupon count", &model.coupon_count),
        ("coupon budget", &model.coupon_budget),
    ];
    for (kind, buckets) in kinds {
        for (n, bucket) in buckets.iter().enumerate() {
            figures.insert(format!("{kind} {n}"), level(*bucket));
        }
    }
}

fn lines(model: &Model, figures: &mut Figures) {
    let mut sums = std::collections::BTreeMap::<_, [i128; 8]>::new();
    for line in &model.lines {
        let (paid, split) = (line.paid, line.split);
        let of_line = [
            1,
            paid.price,
            paid.platform,
            paid.merchant,
            paid.at_store,
            split.commission,
            split.rebate,
            split.payable,
        ];
        let sum = sums.entry((line.shop, line.payout)).or_default();
        for (sum, amount) in sum.iter_mut().zip(of_line) {
            *sum += amount;
        }
    }
    for ((shop, payout), sum) in sums {
        figures.insert(
            format!("lines of {shop} in {:?}", payout.map(Name::Payout)),
            format!("{sum:?}"),
        );
    }
}
