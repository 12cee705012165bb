//! The database's figures, read past everybody else's queries.

use std::collections::BTreeMap;

use consume::queue::QueueLine;
use store::{Fail, Query, ReadTx, Row, StorageError, sql};
use uuid::Uuid;

use super::Figures;
use crate::run::booked::seat_name;
use crate::run::directory::{Cast, Directory};
use crate::run::found::BOX;
use crate::run::model::Owner;
use crate::run::op::{Name, Staff};

struct Reader<'a> {
    directory: &'a Directory,
    figures: Figures,
}

/// Every figure as it is.
pub(super) fn figures(read: &mut ReadTx, directory: &Directory) -> Result<Figures, Fail> {
    let mut reader = Reader {
        directory,
        figures: Figures::new(),
    };
    reader.accounts(read)?;
    reader.orders(read)?;
    reader.groups(read)?;
    reader.bookings(read)?;
    reader.queues(read)?;
    reader.things(read)?;
    reader.buckets(read)?;
    reader.people(read)?;
    reader.timers(read)?;
    reader.lines(read)?;
    reader.scans(read)?;
    reader.comings(read)?;
    reader.staff(read)?;
    Ok(reader.figures)
}

/// What is final on the accounts outside of the platform, by account and currency.
pub(super) fn cash(read: &mut ReadTx) -> Result<BTreeMap<(String, String), i128>, Fail> {
    let rows = read.many(sql!(
        "SELECT account, currency, CAST(SUM(amount) AS BIGINT) FROM journal_leg
         WHERE account IN ('provider_clearing', 'bank') AND layer = 0 GROUP BY account, currency"
    ))?;
    rows.into_iter()
        .map(|mut row| Ok(((row.take()?, row.take()?), row.take::<i64>()?.into())))
        .collect()
}

impl Reader<'_> {
    /// A row for each thing: its id, then what is said of it.
    fn each(
        &mut self,
        read: &mut ReadTx,
        query: Query,
        prefix: &str,
        say: fn(&mut Row) -> Result<String, StorageError>,
    ) -> Result<(), Fail> {
        for mut row in read.many(query)? {
            let name = format!("{prefix}{}", self.name(row.take()?));
            let said = say(&mut row)?;
            self.figures.insert(name, said);
        }
        Ok(())
    }

    fn name(&self, id: Uuid) -> String {
        self.directory
            .name_of(id)
            .map_or_else(|| id.to_string(), |name| format!("{name:?}"))
    }

    fn cast(&self) -> &Cast {
        &self.directory.cast
    }

    fn owner(&self, id: Uuid) -> String {
        let cast = self.cast();
        let person = self.person(id).map(Owner::Person);
        let shop = cast
            .shops
            .iter()
            .position(|shop| shop.merchant.uuid() == id)
            .map(Owner::Shop);
        let order = match self.directory.name_of(id) {
            Some(Name::Order(no)) => Some(Owner::Order(no)),
            Some(_) | None => None,
        };
        let platform = id.is_nil().then_some(Owner::Platform);
        let owner = platform.or(person).or(shop).or(order);
        owner.map_or_else(|| id.to_string(), |owner| format!("{owner:?}"))
    }

    fn accounts(&mut self, read: &mut ReadTx) -> Result<(), Fail> {
        let rows = read.many(sql!(
            "SELECT account, owner_id, currency, layer, CAST(SUM(amount) AS BIGINT) FROM journal_leg
             GROUP BY account, owner_id, currency, layer"
        ))?;
        let mut balances = BTreeMap::<String, (i64, i64)>::new();
        for mut row in rows {
            let (account, owner): (String, Uuid) = (row.take()?, row.take()?);
            let (currency, layer): (String, i64) = (row.take()?, row.take()?);
            let balance = balances
                .entry(format!("{account} of {} in {currency}", self.owner(owner)))
                .or_default();
            match layer {
                0 => balance.0 = row.take()?,
                _ => balance.1 = row.take()?,
            }
        }
        let said = balances.into_iter().filter(|(_, balance)| *balance != (0, 0));
        self.figures
            .extend(said.map(|(name, balance)| (name, format!("{balance:?}"))));
        Ok(())
    }

    fn orders(&mut self, read: &mut ReadTx) -> Result<(), Fail> {
        let orders = read.many(sql!(
            "SELECT id, group_id, status, cash_refunded, escrow_refunded, units_returned FROM orders"
        ))?;
        for mut row in orders {
            let (order, group): (Uuid, Option<Uuid>) = (row.take()?, row.take()?);
            let (status, [cash, escrow, units]) = (text(&mut row)?, numbers(&mut row)?);
            let group = group.and_then(|group| self.directory.name_of(group));
            let said = format!("{status} {cash} {escrow} {units} units back, in {group:?}");
            self.figures.insert(self.name(order), said);
        }
        let open_tickets = sql!(
            "SELECT order_id, booked_until FROM order_line WHERE booked_until IS NOT NULL AND booked_store IS NULL"
        );
        self.each(read, open_tickets, "open ticket of ", |row| {
            Ok(number(row)?.to_string())
        })?;
        let vouchers = sql!(
            "SELECT v.id, v.status, v.uses_left, v.uses_held, v.currency, v.valid_until, o.price, o.discount_platform, o.discount_merchant,
                    o.rebate_used, o.cash, o.due_at_store
             FROM voucher v JOIN order_voucher o ON o.voucher_id = v.id"
        );
        self.each(read, vouchers, "", |row| {
            let (status, [left, held]) = (text(row)?, numbers(row)?);
            let (currency, until): (Option<String>, i64) = (row.take()?, number(row)?);
            let (price, platform, merchant) = (number(row)?, number(row)?, number(row)?);
            let (rebate, cash, at_store) = (number(row)?, number(row)?, number(row)?);
            Ok(format!(
                "{status} {left} left of {currency:?} and {held} held until {until}, {price} {platform} {merchant} {rebate} {cash} {at_store}"
            ))
        })
    }

    fn groups(&mut self, read: &mut ReadTx) -> Result<(), Fail> {
        let groups = sql!(
            "SELECT g.id, g.status, g.closes_at, g.paid, g.size, b.capacity, b.held, b.taken, b.closed
             FROM purchase_group g JOIN bucket b ON b.id = g.place_bucket"
        );
        self.each(read, groups, "", |row| {
            let (status, [until, paid, size]) = (text(row)?, numbers(row)?);
            let [capacity, held, taken, closed] = numbers(row)?;
            Ok(format!(
                "{status} until {until}, {paid} of {size} paid, {capacity} {held} {taken} {closed}"
            ))
        })?;
        for mut row in read.many(sql!("SELECT person_id, group_id, order_id FROM group_member"))? {
            let (person, group, order) = (row.take()?, row.take()?, row.take()?);
            let who = self
                .person(person)
                .map_or_else(|| person.to_string(), |person| person.to_string());
            let name = format!("{who} in {}", self.name(group));
            self.figures.insert(name, self.name(order));
        }
        Ok(())
    }

    fn bookings(&mut self, read: &mut ReadTx) -> Result<(), Fail> {
        let rows = read.many(sql!(
            "SELECT b.id, b.order_id, l.booked_until, b.party, b.starts_at, b.ends_at, COALESCE(b.outcome, 'open'),
                    b.showing_id, b.seats, b.card_id, b.card_uses, b.redemption_id,
                    (SELECT CAST(COALESCE(SUM(c.quantity), 0) AS BIGINT) FROM claim c JOIN bucket k ON k.id = c.bucket_id
                     WHERE c.owner_id = b.place_owner AND c.status = 'held' AND k.kind = 'place'),
                    (SELECT CAST(COALESCE(SUM(c.quantity), 0) AS BIGINT) FROM claim c JOIN bucket k ON k.id = c.bucket_id
                     WHERE c.owner_id = b.place_owner AND c.status = 'taken' AND k.kind = 'place')
             FROM booking b LEFT JOIN order_line l ON l.order_id = b.order_id"
        ))?;
        for mut row in rows {
            let (booking, order, until): (Uuid, Option<Uuid>, Option<i64>) =
                (row.take()?, row.take()?, row.take()?);
            let order = order.and_then(|order| self.directory.name_of(order)).zip(until);
            let ([party, from, to], outcome) = (numbers(&mut row)?, text(&mut row)?);
            let (showing, seats): (Option<Uuid>, Vec<String>) = (row.take()?, row.take_json()?);
            let showing = showing.and_then(|showing| self.directory.name_of(showing));
            let (card, uses): (Option<Uuid>, Option<i64>) = (row.take()?, row.take()?);
            let redemption: Option<Uuid> = row.take()?;
            let redemption = redemption.and_then(|redemption| self.directory.name_of(redemption));
            let card = card.and_then(|card| self.directory.name_of(card)).zip(uses);
            let card = card.map(|(card, uses)| (card, uses, redemption));
            let [held, taken] = numbers(&mut row)?;
            let of_booking = read.many(sql!(
                "SELECT resource_id FROM booking_resource WHERE booking_id = $1 ORDER BY resource_id",
                booking
            ))?;
            let resources = of_booking
                .into_iter()
                .map(|mut row| Ok(self.resource(row.take()?)));
            let resources = resources
                .collect::<Result<Vec<_>, StorageError>>()?
                .into_iter()
                .flatten();
            let said = format!(
                "{order:?} with {card:?} of {party} from {from} to {to}, {outcome}, at {:?}, {held} held and {taken} taken, {seats:?} of {showing:?}",
                resources.collect::<Vec<_>>()
            );
            self.figures.insert(self.name(booking), said);
        }
        let waitlist = sql!(
            "SELECT w.id, w.status, w.party, w.stands_until, COALESCE(w.starts_at, 0),
                    (SELECT CAST(COALESCE(SUM(c.quantity), 0) AS BIGINT) FROM claim c JOIN bucket k ON k.id = c.bucket_id
                     WHERE c.owner_id = w.id AND c.status = 'held' AND k.kind = 'place')
             FROM waitlist_entry w"
        );
        self.each(read, waitlist, "", |row| {
            let status = text(row)?;
            let [party, until, from, held] = numbers(row)?;
            Ok(format!(
                "{status} of {party} until {until}, from {from}, {held} held"
            ))
        })?;
        self.places(read)
    }

    /// Buckets of steps and of seats.
    fn places(&mut self, read: &mut ReadTx) -> Result<(), Fail> {
        let mut whose = BTreeMap::<Uuid, Vec<String>>::new();
        for mut row in read.many(sql!(
            "SELECT c.bucket_id, b.id FROM booking b JOIN claim c ON c.owner_id = b.place_owner
             JOIN bucket k ON k.id = c.bucket_id AND k.kind = 'place'
             WHERE b.showing_id IS NOT NULL AND c.status IN ('held', 'taken') ORDER BY b.id"
        ))? {
            let bookings = whose.entry(row.take()?).or_default();
            bookings.push(self.name(row.take()?));
        }
        for mut row in read.many(sql!(
            "SELECT id, capacity, held, taken, closed FROM bucket WHERE kind = 'place'"
        ))? {
            // The number of the step stands in the last four bytes of the resource's id, that of the seat in its showing's.
            let bucket: Uuid = row.take()?;
            let (of, n) = (bucket.as_u128() >> 32 << 32, bucket.as_u128() as u32);
            let of = Uuid::from_u128(of);
            let [capacity, held, taken, closed] = numbers(&mut row)?;
            let level = format!("{capacity} {held} {taken} {closed}");
            let (name, said) = match (self.resource(of), self.directory.name_of(of)) {
                (Some(resource), _) => (format!("place {resource} at {n}"), level),
                (None, Some(showing @ Name::Showing(_))) => {
                    let seat = seat_name(((n >> 8) as u8, n as u8));
                    let bookings = whose.remove(&bucket).unwrap_or_default();
                    (
                        format!("seat {seat} of {showing:?}"),
                        format!("{level} of {bookings:?}"),
                    )
                }
                (None, _) => (format!("place of nothing at {n}"), level),
            };
            self.figures.insert(name, said);
        }
        let showings = sql!("SELECT id, status, starts_at, ends_at, surcharges FROM showing");
        self.each(read, showings, "", |row| {
            let (status, [from, to]) = (text(row)?, numbers(row)?);
            let surcharges: BTreeMap<String, i64> = row.take_json()?;
            let more = surcharges.get(BOX).copied().unwrap_or_default();
            Ok(format!("{status} from {from} to {to}, {more} more in the box"))
        })
    }

    fn queues(&mut self, read: &mut ReadTx) -> Result<(), Fail> {
        for mut row in read.many(sql!("SELECT store_id, is_open, lines FROM store_queue"))? {
            let (shop, is_open) = (self.shop_of_store(row.take()?), number(&mut row)?);
            let lines: Vec<QueueLine> = row.take_json()?;
            let lines = lines.into_iter().map(|line| (line.name, line.party_up_to));
            let said = format!("{is_open} {:?}", lines.collect::<Vec<_>>());
            self.figures.insert(format!("queue of {shop}"), said);
        }
        for mut row in read.many(sql!(
            "SELECT id, store_id, person_id, line, number, day, party, status, COALESCE(called_at, 0) FROM queue_ticket"
        ))? {
            let (ticket, shop) = (self.name(row.take()?), self.shop_of_store(row.take()?));
            let person: Option<Uuid> = row.take()?;
            let person = person.and_then(|person| self.person(person));
            let (line, [no, day, party]) = (text(&mut row)?, numbers(&mut row)?);
            let (status, called_at) = (text(&mut row)?, number(&mut row)?);
            let said = format!(
                "{line}{no} of {day} at {shop}, {party} by {person:?}, {status}, called at {called_at}"
            );
            self.figures.insert(ticket, said);
        }
        Ok(())
    }

    /// Of which shop this is the first.
    fn shop_of_store(&self, id: Uuid) -> String {
        let mut shops = self.cast().shops.iter();
        let shop = shops.position(|shop| shop.stores[0].0.uuid() == id);
        shop.map_or_else(|| id.to_string(), |shop| shop.to_string())
    }

    fn resource(&self, id: Uuid) -> Option<usize> {
        self.cast()
            .resources
            .iter()
            .position(|resource| resource.uuid() == id)
    }

    fn things(&mut self, read: &mut ReadTx) -> Result<(), Fail> {
        let attempts = sql!(
            "SELECT id, status, COALESCE(charged_back, 0), COALESCE(charged_back_lost, 0),
                    CAST(CASE WHEN chargeback_reversed_at IS NULL THEN 0 ELSE 1 END AS BIGINT) FROM payment_attempt"
        );
        self.each(read, attempts, "", |row| {
            let (status, [amount, lost, reversed]) = (text(row)?, numbers(row)?);
            Ok(format!("{status}, {amount} taken, {lost} lost, {reversed}"))
        })?;
        self.each(read, sql!("SELECT id, status FROM wallet_coupon"), "", text)?;
        let refunds = sql!("SELECT id, status, amount, rebate, compensation FROM refund");
        self.each(read, refunds, "", |row| {
            let (status, [amount, rebate, compensation]) = (text(row)?, numbers(row)?);
            Ok(format!("{status} {amount} {rebate} {compensation}"))
        })?;
        let redemptions = sql!("SELECT id, status, uses, use_no, scanned_at, currency, mode FROM redemption");
        self.each(read, redemptions, "", |row| {
            let (status, [uses, use_no, at]) = (text(row)?, numbers(row)?);
            let currency: Option<String> = row.take()?;
            let missed = if text(row)? == "missed" { "missed" } else { "taken" };
            Ok(format!(
                "{status} {uses} to use {use_no} of {currency:?} {missed} at {at}"
            ))
        })?;
        let rebates = sql!("SELECT redemption_id, status, amount FROM rebate");
        self.each(read, rebates, "rebate of ", |row| {
            Ok(format!("{} {}", text(row)?, number(row)?))
        })?;
        let reviews = sql!(
            "SELECT redemption_id, status, stars, CASE WHEN reply IS NULL THEN 'not answered' ELSE 'answered' END
             FROM review"
        );
        self.each(read, reviews, "review of ", |row| {
            Ok(format!("{} {}, {}", text(row)?, number(row)?, text(row)?))
        })?;
        self.each(read, sql!("SELECT id, status FROM agreement"), "", text)?;
        let payouts = sql!("SELECT id, status, amount FROM payout");
        self.each(read, payouts, "", |row| {
            Ok(format!("{} {}", text(row)?, number(row)?))
        })
    }

    fn buckets(&mut self, read: &mut ReadTx) -> Result<(), Fail> {
        for n in 0..self.cast().goods.len() {
            let levels = sql!(
                "SELECT s.capacity, s.held, s.taken, s.closed, h.capacity, h.held, h.taken, h.closed
                 FROM offer o JOIN bucket s ON s.id = o.stock_bucket JOIN agreement a ON a.id = o.agreement_id
                 JOIN bucket h ON h.id = a.head_count_bucket WHERE o.id = $1",
                self.cast().goods[n]
            );
            self.two_levels(read, levels, [format!("stock {n}"), format!("head count {n}")])?;
        }
        for n in 0..self.cast().coupons.len() {
            let levels = sql!(
                "SELECT k.capacity, k.held, k.taken, k.closed, b.capacity, b.held, b.taken, b.closed
                 FROM coupon c JOIN bucket k ON k.id = c.count_bucket JOIN bucket b ON b.id = c.budget_bucket
                 WHERE c.id = $1",
                self.cast().coupons[n]
            );
            self.two_levels(
                read,
                levels,
                [format!("coupon count {n}"), format!("coupon budget {n}")],
            )?;
            let codes = sql!(
                "SELECT number FROM coupon_code WHERE coupon_id = $1",
                self.cast().coupons[n]
            );
            for mut row in read.many(codes)? {
                let number = number(&mut row)?;
                self.figures
                    .insert(format!("code {number} of coupon {n}"), "used".to_owned());
            }
            let people = sql!(
                "SELECT person_id, claimed, day, claimed_on_day FROM coupon_person WHERE coupon_id = $1",
                self.cast().coupons[n]
            );
            for mut row in read.many(people)? {
                let id: Uuid = row.take()?;
                let person = self
                    .person(id)
                    .map_or_else(|| id.to_string(), |person| person.to_string());
                let [claimed, day, on_day] = numbers(&mut row)?;
                self.figures.insert(
                    format!("coupon {n} of {person}"),
                    format!("{claimed} {day} {on_day}"),
                );
            }
        }
        Ok(())
    }

    fn two_levels(&mut self, read: &mut ReadTx, query: Query, names: [String; 2]) -> Result<(), Fail> {
        for mut row in read.many(query)? {
            for name in &names {
                let [capacity, held, taken, closed] = numbers(&mut row)?;
                self.figures
                    .insert(name.clone(), format!("{capacity} {held} {taken} {closed}"));
            }
        }
        Ok(())
    }

    fn people(&mut self, read: &mut ReadTx) -> Result<(), Fail> {
        let rows = read.many(sql!(
            "SELECT person_id, currency, spendable FROM rebate_balance WHERE spendable <> 0"
        ))?;
        for mut row in rows {
            let id: Uuid = row.take()?;
            let person = self
                .person(id)
                .map_or_else(|| id.to_string(), |person| person.to_string());
            let name = format!("spendable of {person} in {}", text(&mut row)?);
            self.figures.insert(name, number(&mut row)?.to_string());
        }
        Ok(())
    }

    fn timers(&mut self, read: &mut ReadTx) -> Result<(), Fail> {
        let timers = sql!("SELECT subject, due FROM timer WHERE kind = 'release_order'");
        self.each(read, timers, "Release of ", |row| Ok(number(row)?.to_string()))?;
        let timers = sql!("SELECT subject, due FROM timer WHERE kind = 'close_group'");
        self.each(read, timers, "CloseGroup of ", |row| Ok(number(row)?.to_string()))?;
        let timers = sql!("SELECT subject, due FROM timer WHERE kind = 'remind_guest'");
        self.each(read, timers, "Remind of ", |row| Ok(number(row)?.to_string()))?;
        let timers = sql!("SELECT subject, due FROM timer WHERE kind = 'lapse_booking'");
        self.each(read, timers, "Lapse of ", |row| Ok(number(row)?.to_string()))?;
        let timers = sql!("SELECT subject, due FROM timer WHERE kind = 'end_waiting'");
        self.each(read, timers, "EndWaiting of ", |row| Ok(number(row)?.to_string()))?;
        let timers = sql!("SELECT subject, due FROM timer WHERE kind = 'refund_showing'");
        self.each(read, timers, "RefundShowing of ", |row| {
            Ok(number(row)?.to_string())
        })?;
        let timers = sql!("SELECT subject, due FROM timer WHERE kind = 'expire_voucher'");
        self.each(read, timers, "Expire of ", |row| Ok(number(row)?.to_string()))?;
        let timers = sql!("SELECT subject, due FROM timer WHERE kind = 'agreement_starts'");
        self.each(read, timers, "AgreementStarts of ", |row| {
            Ok(number(row)?.to_string())
        })?;
        let timers = sql!("SELECT subject, due FROM timer WHERE kind = 'agreement_ends'");
        self.each(read, timers, "AgreementEnds of ", |row| {
            Ok(number(row)?.to_string())
        })?;
        let timers = sql!(
            "SELECT r.redemption_id, t.due FROM timer t LEFT JOIN rebate r ON r.id = t.subject
             WHERE t.kind = 'post_rebate'"
        );
        self.each(read, timers, "PostRebate of ", |row| Ok(number(row)?.to_string()))
    }

    fn scans(&mut self, read: &mut ReadTx) -> Result<(), Fail> {
        for mut row in read.many(sql!("SELECT nonce, outcome, amount FROM offline_scan"))? {
            let nonce = u128::from_be_bytes(row.take()?);
            self.figures.insert(
                format!("scan {nonce}"),
                format!("{} {}", text(&mut row)?, number(&mut row)?),
            );
        }
        Ok(())
    }

    /// Who came from where, and what became of it.
    fn comings(&mut self, read: &mut ReadTx) -> Result<(), Fail> {
        for mut row in read.many(sql!("SELECT id, entry_id, sharer_id FROM orders"))? {
            let (order, entry, sharer): (Uuid, Option<Uuid>, Option<Uuid>) =
                (row.take()?, row.take()?, row.take()?);
            let entry = entry.and_then(|entry| self.directory.name_of(entry));
            let sharer = sharer.and_then(|sharer| self.person(sharer));
            let name = format!("source of {}", self.name(order));
            self.figures.insert(name, format!("{:?}", (entry, sharer)));
        }
        let visits = read.many(sql!(
            "SELECT entry_id, offer_id, COUNT(*) FROM visit GROUP BY entry_id, offer_id"
        ))?;
        for mut row in visits {
            let (entry, offer): (Uuid, Option<Uuid>) = (row.take()?, row.take()?);
            let good = offer.and_then(|offer| self.cast().goods.iter().position(|good| good.uuid() == offer));
            let name = format!("visits by {} to {good:?}", self.name(entry));
            self.figures.insert(name, number(&mut row)?.to_string());
        }
        let messages = read.many(sql!(
            "SELECT person_id, kind, COUNT(*), CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM message
             GROUP BY person_id, kind"
        ))?;
        for mut row in messages {
            let id = row.take()?;
            let person = self
                .person(id)
                .map_or_else(|| id.to_string(), |person| person.to_string());
            let name = format!("{} told to {person}", text(&mut row)?);
            self.figures
                .insert(name, format!("{} of {}", number(&mut row)?, number(&mut row)?));
        }
        Ok(())
    }

    fn person(&self, id: Uuid) -> Option<usize> {
        self.cast().people.iter().position(|person| person.uuid() == id)
    }

    /// What clerks are, and what they have open.
    fn staff(&mut self, read: &mut ReadTx) -> Result<(), Fail> {
        let clerks = sql!("SELECT person_id, role FROM staff WHERE role <> 'owner'");
        self.each(read, clerks, "", text)?;
        let sessions = read.many(sql!("SELECT person_id, COUNT(*) FROM session GROUP BY person_id"))?;
        for mut row in sessions {
            let who = self.directory.name_of(row.take()?);
            // Guests and owners signed in once when the world was founded.
            if let Some(clerk @ Name::Staff(_, Staff::Clerk | Staff::Hired(_))) = who {
                let name = format!("sessions of {clerk:?}");
                self.figures.insert(name, number(&mut row)?.to_string());
            }
        }
        Ok(())
    }

    fn lines(&mut self, read: &mut ReadTx) -> Result<(), Fail> {
        let rows = read.many(sql!(
            "SELECT merchant_id, payout_id, COUNT(*), CAST(SUM(price) AS BIGINT),
                    CAST(SUM(discount_platform) AS BIGINT), CAST(SUM(discount_merchant) AS BIGINT),
                    CAST(SUM(due_at_store) AS BIGINT), CAST(SUM(commission) AS BIGINT), CAST(SUM(rebate) AS BIGINT), CAST(SUM(payable) AS BIGINT)
             FROM settlement_line GROUP BY merchant_id, payout_id"
        ))?;
        for mut row in rows {
            let (merchant, payout): (Uuid, Option<Uuid>) = (row.take()?, row.take()?);
            let shop = self
                .cast()
                .shops
                .iter()
                .position(|shop| shop.merchant.uuid() == merchant);
            let shop = shop.map_or_else(|| merchant.to_string(), |shop| shop.to_string());
            let payout = payout.and_then(|payout| self.directory.name_of(payout));
            let sums = numbers::<8>(&mut row)?;
            self.figures
                .insert(format!("lines of {shop} in {payout:?}"), format!("{sums:?}"));
        }
        Ok(())
    }
}

fn text(row: &mut Row) -> Result<String, StorageError> {
    row.take()
}

fn number(row: &mut Row) -> Result<i64, StorageError> {
    row.take()
}

fn numbers<const N: usize>(row: &mut Row) -> Result<[i64; N], StorageError> {
    let mut numbers = [0; N];
    for number in &mut numbers {
        *number = row.take()?;
    }
    Ok(numbers)
}
