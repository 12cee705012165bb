//! What guests and the demo merchant write to each other.

use kernel::{Actor, Ctx, MINUTE_US, PersonId};
use retain::{About, AnswerGuest, AskMerchant, ReadConversation};
use store::{Fail, Tx};

use crate::CityError;
use crate::shops::Shop;
use crate::texts::talks::{By, TALKS, Topic};
use crate::works::{Works, acting};

/// What [`write`] is of the whole.
pub(crate) const WORK: u64 = 1;

/// Has the first guests ask; some wait for an answer.
pub(crate) fn write(works: &mut Works, shop: &Shop, consumers: &[PersonId]) -> Result<(), CityError> {
    let (now, merchant) = (works.calendar.now, shop.merchant);
    let staff = |person| Actor::Staff(person, merchant);
    let (owner, cashier) = (staff(shop.owner), staff(shop.counters[0].clerk));
    let deal = shop.goods.first().map(|good| About::Offer(good.offer));
    let table = shop.booked.as_ref().map(|booked| About::Offer(*booked));
    let guests: Vec<PersonId> = consumers.to_vec();
    works.run(
        "conversations",
        merchant,
        WORK,
        move |tx: &mut Tx, ctx: &Ctx| -> Result<(), Fail> {
            for (guest, talk) in guests.iter().zip(TALKS) {
                let mut about = match talk.topic {
                    Topic::Nothing => None,
                    Topic::Deal => deal,
                    Topic::Table => table,
                };
                let mut last = None;
                for line in talk.lines {
                    let at = now.plus_us(-line.minutes_ago * MINUTE_US);
                    let text = line.text.to_owned();
                    let by_staff = match line.by {
                        By::Guest => None,
                        By::Cashier => Some(cashier),
                        By::Owner => Some(owner),
                    };
                    last = Some(match (by_staff, last) {
                        (Some(actor), Some(retain::Written { conversation, seq })) => {
                            let as_staff = acting(ctx, actor, at);
                            let read = ReadConversation {
                                conversation,
                                until: seq,
                            };
                            retain::read_conversation(tx, &as_staff, &read)?;
                            let answer = AnswerGuest {
                                conversation,
                                text,
                                media: Vec::new(),
                            };
                            retain::answer_guest(tx, &as_staff, &answer)?
                        }
                        _ => {
                            let ask = AskMerchant {
                                merchant,
                                text,
                                media: Vec::new(),
                                about: about.take(),
                            };
                            retain::ask_merchant(tx, &acting(ctx, Actor::Consumer(*guest), at), &ask)?
                        }
                    });
                }
                if let Some(retain::Written { conversation, seq }) = last.filter(|_| talk.is_read) {
                    let read = ReadConversation {
                        conversation,
                        until: seq,
                    };
                    retain::read_conversation(tx, &acting(ctx, Actor::Consumer(*guest), now), &read)?;
                }
            }
            Ok(())
        },
    )
}
