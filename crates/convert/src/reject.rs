//! The reasons for which coupons, orders, payments and refunds say no.

kernel::reject_table! {
    COUPON_NOT_FOUND: NotFound, "coupon_not_found",
        "There is no such coupon.",
        "Check the coupon's id; list the coupons on offer or those in your wallet.";
    COUPON_INVALID: Invalid, "coupon_invalid",
        "The coupon's terms break a rule.",
        "Correct the field that is named.";
    COUPON_NOT_LIVE: Conflict, "coupon_not_live",
        "The coupon is stopped, not valid yet or no longer valid.",
        "Choose another coupon, or order without one.";
    COUPON_LIMIT_REACHED: Conflict, "coupon_limit_reached",
        "You have claimed as many of this coupon as one person may.",
        "Use the ones in your wallet.";
    COUPON_DEVICE_LIMIT: Conflict, "coupon_device_limit_reached",
        "As many of this coupon were claimed on this device as one device may.",
        "Choose another coupon.";
    COUPON_DEVICE_UNKNOWN: Conflict, "coupon_device_unknown",
        "The coupon is limited for each device, and this one is not known.",
        "Sign in again in this browser, then claim.";
    COUPON_AUTOMATIC: Conflict, "coupon_automatic",
        "The coupon is not claimed: it comes with every order that it fits.",
        "Order; what it takes off is shown before.";
    COUPON_NEEDS_CODE: Conflict, "coupon_needs_code",
        "The coupon is claimed by a code.",
        "Type the code that you were given.";
    COUPON_CODE_WRONG: NotFound, "coupon_code_wrong",
        "There is no such code.",
        "Compare the code letter by letter with the one that you were given.";
    COUPON_CODE_USED: Conflict, "coupon_code_used",
        "The code was used.",
        "Each code is for one coupon; look into your wallet, or use another code.";
    COUPON_ALL_CLAIMED: Conflict, "coupon_all_claimed",
        "All of this coupon have been claimed.",
        "Choose another coupon.";
    COUPON_BUDGET_SPENT: Conflict, "coupon_budget_spent",
        "The coupon's budget does not reach for this order.",
        "Order without the coupon, or with another one.";
    COUPON_IN_USE: Conflict, "coupon_in_use",
        "The coupon is kept for another order or was used.",
        "Cancel the order that keeps it, or choose another coupon.";
    COUPON_NOT_FOR_THIS: Conflict, "coupon_not_for_this",
        "The coupon is not for this offer.",
        "Choose another coupon, or order without one.";
    COUPON_MIN_SPEND: Conflict, "coupon_min_spend_not_met",
        "The order is below the coupon's least price.",
        "Buy more, or order without the coupon.";
    COUPON_NOT_FOR_BUYER: Conflict, "coupon_not_for_buyer",
        "The coupon is for a first order or for new customers.",
        "Choose another coupon, or order without one.";
    COUPON_NOT_NOW: Conflict, "coupon_not_now",
        "The coupon is not for this weekday and hour.",
        "Order in the hours that the coupon names, or without it.";
    COUPON_NOT_COMBINED: Conflict, "coupon_not_combined",
        "The coupon is not used together with the others.",
        "Take one coupon of each group, at most four, and one that stands alone by itself.";
    ORDER_NOT_FOUND: NotFound, "order_not_found",
        "There is no such order.",
        "Check the order's id; list your orders.";
    CART_INVALID: Invalid, "cart_invalid",
        "The orders cannot be placed or paid together.",
        "Send 1 to 20 orders, each of them once; pay those of another currency by themselves.";
    ORDER_QUANTITY: Invalid, "order_quantity_invalid",
        "The quantity is below one or above what one order may have.",
        "Send a whole number from 1 to the offer's limit per order.";
    ORDER_TOO_LARGE: Invalid, "order_too_large",
        "The order's total is beyond what one order may have.",
        "Buy fewer units at once.";
    ORDER_SOLD_OUT: Conflict, "order_sold_out",
        "Not enough units are left.",
        "Buy fewer, choose another offer, or try again when a hold runs out.";
    ORDER_HEAD_COUNT_FULL: Conflict, "order_head_count_full",
        "The activity's head count is reached.",
        "Buy fewer, or choose an offer outside this activity.";
    ORDER_PRICE_CHANGED: Conflict, "order_price_changed",
        "The price is not the one that was expected. Nothing was ordered.",
        "Show the new price and order again with it.";
    ORDER_REBATE_CHANGED: Conflict, "order_rebate_changed",
        "Your spendable rebates changed while ordering. Nothing was ordered.",
        "Order again.";
    ORDER_SHARE_LINK: Conflict, "order_share_link_invalid",
        "The share link is not one for this offer by somebody else.",
        "Order without the link.";
    ORDER_ENTRY: Conflict, "order_entry_invalid",
        "The entry is unknown or another merchant's.",
        "Order without an entry, or with one of this merchant's.";
    ORDER_ONE_AT_A_TIME: Conflict, "order_one_at_a_time",
        "You have not used what you ordered of this offer, or not paid yet. What is paid after the service is ordered once at a time.",
        "Use it or give it back, or pay or cancel the order that waits; then order again.";
    ORDER_NOT_OPEN: Conflict, "order_not_open",
        "The order does not await a payment.",
        "Look at the order's status.";
    GROUP_NOT_FOUND: NotFound, "group_not_found",
        "There is no such group for this offer.",
        "Check the link that you were given, or open a group yourself.";
    GROUP_NOT_OFFERED: Conflict, "group_not_offered",
        "The offer is not sold to groups.",
        "Order without a group.";
    GROUP_NOT_OPEN: Conflict, "group_not_open",
        "The group is complete, or its time is over. Nothing was ordered.",
        "Join another group of the offer, or open one.";
    GROUP_FULL: Conflict, "group_full",
        "All places of the group are taken or kept for others who are paying. Nothing was ordered.",
        "Join another group of the offer, or open one; a place may come free within minutes.";
    GROUP_JOINED: Conflict, "group_joined",
        "You are in this group already.",
        "Share its link: each place is for somebody else.";
    PAYMENT_NOT_FOUND: NotFound, "payment_not_found",
        "There is no such payment.",
        "Check the reference that was given to the provider.";
    PAYMENT_INVALID: Invalid, "payment_invalid",
        "What the payment says breaks a rule.",
        "Correct the field that is named.";
    PAYMENT_CONFLICT_CLOSED: Conflict, "payment_conflict_closed",
        "Somebody has looked into this and closed it.",
        "Read what was found; nothing more is needed.";
    PAYMENT_CONFLICT_UNKNOWN: NotFound, "payment_conflict_unknown",
        "There is no such conflict.",
        "Check the id; list the conflicts.";
    PAYMENT_ACTOR: Forbidden, "payment_actor_forbidden",
        "Only a payment provider or the platform itself reports payments and refunds.",
        "Wait for the provider's report.";
    REFUND_NOT_FOUND: NotFound, "refund_not_found",
        "There is no such refund or voucher.",
        "Check the id; list your vouchers.";
    REFUND_NOTHING_LEFT: Conflict, "refund_nothing_left",
        "The voucher is used up, refunded or expired.",
        "After a use, ask the merchant to take the redemption back.";
    PERSON_HAS_OPEN: Conflict, "person_has_open",
        "There is still something to use, to get or to pay.",
        "Use it up or wait for it, or confirm that it is given up.";
    REFUND_OVER_PAID: Conflict, "refund_over_paid",
        "More would go back than was paid.",
        "Look at what was refunded already.";
    ORDER_NEEDS_BOOKING: Conflict, "order_needs_booking",
        "The offer is sold for a time only.",
        "Book it: its availability says when it is free.";
    ORDER_PLACE_TAKEN: Conflict, "order_place_taken",
        "Somebody else took the place at the same moment.",
        "Ask again when it is free.";
    REFUND_USES_HELD: Conflict, "refund_uses_held",
        "Uses of the card are kept for bookings.",
        "Cancel those bookings first.";
    SECURITY_DEPOSIT_NOT_HELD: Conflict, "security_deposit_not_held",
        "No security deposit is held for it (any more).",
        "Look at the booking: it says what became of the deposit.";
    SECURITY_CLAIM_INVALID: Invalid, "security_claim_invalid",
        "The claim is not above zero and at most the security deposit, in its currency.",
        "Claim what the damage costs, at most the deposit.";
    SECURITY_CLAIM_NOT_OPEN: Conflict, "security_claim_not_open",
        "Nothing is claimed of the security deposit (any more).",
        "Look at the booking: it says what became of the deposit.";
    REFUND_BOOKED: Conflict, "refund_booked",
        "The voucher is the right to a booking.",
        "Cancel the booking; it says what comes back.";
}
