//! Taking uses of a voucher, the same for every way of showing it: what is looked at, and what is
//! written once nothing can be rejected any more.

use std::ops::Range;

use convert::Stored;
use convert::queries::VoucherMoney;
use jiff::tz::TimeZone;
use kernel::{
    BookingId, Ctx, DeviceId, MerchantId, Money, PersonId, Reject, RejectKind, StoreId, Timestamp, VoucherId,
};
use offer::{Card, CardPeriod};
use party::Role;
use store::{Fail, Lock, StorageError, Tx, sql};
use voucher::Voucher;

use crate::commands::LAPSE_BOOKING;
use crate::decide::{PeriodLeft, Shown, check_use};
use crate::money::{money_of_uses, settle_uses};
use crate::{
    AMOUNT_MISSING, LossReason, PERIOD_FULL, Redeemed, Redemption, RedemptionMode, RedemptionStatus,
    TICKET_NEEDS_SEATS, USES_HELD, USES_LEFT, VOUCHER_EXPIRED, VOUCHER_REBOUND, VOUCHER_REFUNDED,
    VOUCHER_UNKNOWN, VOUCHER_USED_UP, VOUCHER_WRONG_STORE, VoucherRedeemed, queries,
};

/// Where vouchers are taken, by whom and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counter {
    pub merchant: MerchantId,
    pub store: StoreId,
    pub staff: PersonId,
    pub device: Option<DeviceId>,
    pub mode: RedemptionMode,
}

impl Counter {
    /// The counter at which the actor stands, by the grant and the registration as they are now.
    pub fn of_actor(
        tx: &mut Tx,
        ctx: &Ctx,
        (merchant, store): (MerchantId, StoreId),
        device: Option<DeviceId>,
        mode: RedemptionMode,
    ) -> Result<Self, Fail> {
        let staff = party::require_staff(tx, ctx, merchant, Some(store), Role::Cashier)?;
        if let Some(device) = device {
            party::require_device(tx, merchant, store, device)?;
        }
        Ok(Self {
            merchant,
            store,
            staff,
            device,
            mode,
        })
    }

    /// Where a card pays for a booking, for whoever books, moves or gives it up.
    pub fn of_booking(
        (merchant, store): (MerchantId, StoreId),
        person: PersonId,
        mode: RedemptionMode,
    ) -> Self {
        Self {
            merchant,
            store,
            staff: person,
            device: None,
            mode,
        }
    }
}

/// A voucher at a counter, its row locked, with the money behind it.
pub(crate) struct Presented {
    pub voucher: Voucher,
    pub money: VoucherMoney,
    payee: MerchantId,
    shown: Shown,
    kept: Option<KeptUses>,
}

/// Uses of a card that are kept for a booking.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeptUses {
    pub booking: BookingId,
    pub uses: i64,
}

impl Presented {
    /// Looks at a voucher that is shown `at` that moment by a pass of this binding (none for a code), and
    /// keeps everybody else off it until the commit. `None`: there is no such voucher.
    pub fn load(
        tx: &mut Tx,
        counter: &Counter,
        voucher: VoucherId,
        binding: Option<u32>,
        at: Timestamp,
    ) -> Result<Option<Self>, Fail> {
        tx.lock(&[Lock::row("voucher", voucher)]);
        let Some(voucher) = voucher::queries::voucher(tx, voucher)? else {
            return Ok(None);
        };
        let (payee, in_its_store) = offer::queries::payee_in_set(tx, voucher.store_set.0, counter.store)?;
        let money = convert::queries::voucher_money(tx, voucher.id)?
            .ok_or_else(|| StorageError::bug("a voucher without the money behind it"))?;
        let period = match money.card {
            Some(Card::Paced { uses, per }) => {
                let around = period_around(tx, counter.store, per, at)?;
                Some(PeriodLeft {
                    uses: uses - queries::uses_within(tx, voucher.id, &around)?,
                    until: around.end,
                })
            }
            Some(Card::StoredValue) | None => None,
        };
        let shown = Shown {
            merchant: counter.merchant,
            in_its_store,
            binding,
            at,
            period,
        };
        Ok(Some(Self {
            voucher,
            money,
            payee,
            shown,
            kept: None,
        }))
    }

    /// The same at a counter: if uses of it are kept for a booking there and then, they are what is taken.
    pub fn at_counter(
        tx: &mut Tx,
        counter: &Counter,
        voucher: VoucherId,
        binding: Option<u32>,
        at: Timestamp,
    ) -> Result<Option<Self>, Fail> {
        let Some(presented) = Self::load(tx, counter, voucher, binding, at)? else {
            return Ok(None);
        };
        let kept = match presented.voucher.uses_held {
            0 => None,
            _ => queries::kept_uses(tx, voucher, counter.store, at)?,
        };
        Ok(Some(match kept {
            Some(kept) => presented.for_booking(kept),
            None => presented,
        }))
    }

    /// It is shown for what was booked with it.
    pub fn for_booking(self, kept: KeptUses) -> Self {
        Self {
            kept: Some(kept),
            ..self
        }
    }

    /// Refuses an open ticket: who redeems it has no seat yet.
    pub fn require_seats(&self) -> Result<(), Reject> {
        if !self.money.is_open_ticket() {
            return Ok(());
        }
        Err(TICKET_NEEDS_SEATS
            .plain()
            .with("voucher", self.voucher.id.to_string())
            .with("offer", self.money.offer.to_string())
            .with("seats", self.money.quantity))
    }

    /// Whether more of it is taken or kept in its period than that allows.
    pub fn exceeds_its_period(&self) -> bool {
        self.shown.period.is_some_and(|period| period.uses < 0)
    }

    /// Whether a use of it may be taken.
    pub fn check(&self) -> Result<(), LossReason> {
        check_use(&self.voucher, &self.shown, self.kept.is_some())
    }

    /// How many uses are taken, of which so many were `asked` for: what was kept for a booking, or one if nothing was
    /// said, but of a stored-value card an amount has to be.
    pub fn uses(&self, asked: Option<i64>) -> Result<i64, Reject> {
        if let Some(kept) = self.kept {
            return Ok(kept.uses);
        }
        let left = self.voucher.uses_left - self.voucher.uses_held;
        let most = self.shown.period.map_or(left, |period| left.min(period.uses));
        let refuse = |kind: &'static RejectKind, detail: String| {
            let refused = kind.at("/uses", detail).with("uses_left", most);
            Err(match self.voucher.currency {
                Some(currency) => refused.with("currency", currency.code()),
                None => refused,
            })
        };
        match (asked, self.voucher.currency) {
            (None, None) => Ok(1),
            (Some(uses), _) if (1..=most).contains(&uses) => Ok(uses),
            (None, Some(currency)) => {
                let most = Money::new(most, currency);
                refuse(&AMOUNT_MISSING, format!("It has {most} left."))
            }
            (Some(uses), None) => refuse(&USES_LEFT, format!("{uses} is not between 1 and {most}.")),
            (Some(uses), Some(currency)) => {
                let [uses, most] = [uses, most].map(|amount| Money::new(amount, currency));
                refuse(
                    &USES_LEFT,
                    format!("{uses} is not above zero and at most {most}."),
                )
            }
        }
    }
}

/// The period around a moment where a store is.
fn period_around(
    tx: &mut Tx,
    store: StoreId,
    per: CardPeriod,
    at: Timestamp,
) -> Result<Range<Timestamp>, Fail> {
    let store = party::queries::store(tx, store)?;
    let zone = store.and_then(|store| TimeZone::get(&store.details.time_zone).ok());
    let around = zone.and_then(|zone| per.around(at, &zone));
    Ok(around.ok_or_else(|| StorageError::bug("a counter without a calendar"))?)
}

/// Takes so many uses of a voucher that was checked, and settles their money. Nothing is rejected any more.
pub(crate) fn take_uses(
    tx: &mut Tx,
    ctx: &Ctx,
    counter: &Counter,
    presented: &Presented,
    uses: i64,
) -> Result<Redeemed, Fail> {
    let (voucher, terms, shown) = (&presented.voucher, &presented.money, &presented.shown);
    if let Some(kept) = presented.kept {
        voucher::release_uses(tx, voucher.id, kept.uses)?;
        tx.clear_timer(LAPSE_BOOKING, kept.booking)?;
    }
    let taken = voucher::use_up(tx, voucher.id, uses, shown.at, shown.binding.map(i64::from))?;
    let taken = taken.ok_or_else(|| StorageError::bug("a checked and locked voucher changed"))?;
    let (money, rebate_refused) = money_of_uses(tx, terms, taken.use_no - uses..taken.use_no)?;
    let redemption = Redemption {
        id: ctx.new_id(),
        voucher: voucher.id,
        use_no: taken.use_no,
        uses,
        currency: voucher.currency,
        order: terms.order,
        offer: voucher.offer,
        merchant: counter.merchant,
        store: counter.store,
        person: voucher.holder,
        staff: counter.staff,
        device: counter.device,
        mode: counter.mode,
        status: RedemptionStatus::Live,
        scanned_at: shown.at,
        recorded_at: ctx.now,
        undo_until: ctx.now.plus_us(terms.undo_window_us),
        refund_until: ctx.now.plus_us(terms.refund_window_us),
        rebate_refused,
        version: 1,
    };
    let amount = Money::new(money.paid.escrow(), terms.currency);
    insert(tx, &redemption)?;
    if let Some(kept) = presented.kept {
        tx.tell(sql!(
            "UPDATE booking SET redemption_id = $1 WHERE id = $2 AND redemption_id IS NULL",
            redemption.id,
            kept.booking
        ))?;
    }
    settle_uses(tx, ctx, (&redemption, presented.payee), terms, &money)?;
    announce(tx, ctx, &redemption, taken.uses_left, amount)?;
    Ok(Redeemed {
        redemption: redemption.id,
        voucher: voucher.id,
        offer: voucher.offer,
        holder: voucher.holder,
        use_no: taken.use_no,
        uses,
        uses_left: taken.uses_left,
        uses_total: voucher.uses_total,
        currency: voucher.currency,
        amount,
        due_at_store: Money::new(money.paid.due_at_store, terms.currency),
        undo_until: redemption.undo_until,
    })
}

fn insert(tx: &mut Tx, redemption: &Redemption) -> Result<(), StorageError> {
    tx.tell(sql!(
        "INSERT INTO redemption (id, voucher_id, use_no, uses, currency, order_id, offer_id, merchant_id, store_id, person_id,
           staff_id, device_id, mode, status, scanned_at, recorded_at, undo_until, refund_until,
           rebate_refused, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
        redemption.id,
        redemption.voucher,
        redemption.use_no,
        redemption.uses,
        redemption.currency,
        redemption.order,
        redemption.offer,
        redemption.merchant,
        redemption.store,
        redemption.person,
        redemption.staff,
        redemption.device,
        redemption.mode.as_str(),
        redemption.status.as_str(),
        redemption.scanned_at,
        redemption.recorded_at,
        redemption.undo_until,
        redemption.refund_until,
        redemption.rebate_refused.map(Stored::as_str),
        redemption.version
    ))
}

fn announce(
    tx: &mut Tx,
    ctx: &Ctx,
    redemption: &Redemption,
    uses_left: i64,
    amount: Money,
) -> Result<(), StorageError> {
    let event = VoucherRedeemed {
        redemption: redemption.id,
        voucher: redemption.voucher,
        use_no: redemption.use_no,
        uses: redemption.uses,
        spent: redemption.currency.map(|_| redemption.uses),
        uses_left,
        order: redemption.order,
        offer: redemption.offer,
        merchant: redemption.merchant,
        store: redemption.store,
        holder: redemption.person,
        staff: redemption.staff,
        device: redemption.device,
        mode: redemption.mode.as_str().to_owned(),
        amount: amount.amount,
        currency: amount.currency.code().to_owned(),
    };
    tx.emit(ctx, redemption.id, redemption.version, &event)
}

/// The answer to the person at the counter when a voucher cannot be taken.
pub(crate) fn refuse(tx: &mut Tx, presented: &Presented, reason: LossReason) -> Result<Reject, Fail> {
    let voucher = &presented.voucher;
    Ok(match reason {
        LossReason::UnknownVoucher => VOUCHER_UNKNOWN.plain(),
        LossReason::WrongStore => VOUCHER_WRONG_STORE.plain(),
        LossReason::Rebound => VOUCHER_REBOUND.plain(),
        LossReason::UsedUp => match queries::last_use(tx, voucher.id)? {
            Some(last) => {
                let detail = format!("It was last used at {} in store {}.", last.scanned_at, last.store);
                VOUCHER_USED_UP
                    .because(detail)
                    .with("last_scanned_at", last.scanned_at.to_string())
                    .with("last_store", last.store.to_string())
                    .with("last_use_no", last.use_no)
            }
            None => VOUCHER_USED_UP.plain(),
        },
        LossReason::Refunded => VOUCHER_REFUNDED.plain(),
        LossReason::Expired => {
            let until = voucher.valid_until.to_string();
            VOUCHER_EXPIRED
                .because(format!("It was valid until {until}."))
                .with("valid_until", until)
        }
        LossReason::UsesHeld => USES_HELD.plain(),
        LossReason::PeriodFull => {
            let from = presented.shown.period.map(|period| period.until.to_string());
            PERIOD_FULL
                .because(format!(
                    "It can be used again from {}.",
                    from.as_deref().unwrap_or_default()
                ))
                .with("next_from", from)
        }
        LossReason::OverCap | LossReason::AmountMissing => {
            return Err(StorageError::bug("only an offline scan is refused so").into());
        }
    })
}
