//! The platform bounds what agreements may say from here on. What was accepted before stays as it is.

use kernel::Ctx;
use party::OperatorRole;
use store::{Fail, Tx, sql};

use crate::Rule;
use crate::events::RuleSet;

/// Sets the rule of its category, or changes it. For operators who decide about money.
///
/// Rejects with `RULE_INVALID`, and as [`party::require_operator`] does.
pub fn set_rule(tx: &mut Tx, ctx: &Ctx, rule: &Rule) -> Result<(), Fail> {
    let person = party::require_operator(tx, ctx, &[OperatorRole::Admin, OperatorRole::Finance])?;
    rule.check()?;
    tx.tell(sql!(
        "INSERT INTO agreement_rule (category, commission_bp_min, commission_bp_max, discount_platform_bp_max,
                                     platform_cap_max, platform_cap_currency, rebate_bp_max, refund_window_us_min)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (category) DO UPDATE SET
           commission_bp_min = excluded.commission_bp_min, commission_bp_max = excluded.commission_bp_max,
           discount_platform_bp_max = excluded.discount_platform_bp_max,
           platform_cap_max = excluded.platform_cap_max, platform_cap_currency = excluded.platform_cap_currency,
           rebate_bp_max = excluded.rebate_bp_max, refund_window_us_min = excluded.refund_window_us_min",
        rule.category.as_deref().unwrap_or_default(),
        rule.commission_min.get(),
        rule.commission_max.get(),
        rule.discount_platform_max.get(),
        rule.platform_cap_max.map(|cap| cap.amount),
        rule.platform_cap_max.map(|cap| cap.currency),
        rule.rebate_max.get(),
        rule.refund_window_us_min
    ))?;
    let event = RuleSet {
        category: rule.category.clone(),
        commission_bp_min: rule.commission_min.get(),
        commission_bp_max: rule.commission_max.get(),
        discount_platform_bp_max: rule.discount_platform_max.get(),
        platform_cap_max: rule.platform_cap_max,
        rebate_bp_max: rule.rebate_max.get(),
        refund_window_us_min: rule.refund_window_us_min,
    };
    // A rule has no id: its subject is who set it, and the time grows like a version.
    tx.emit(ctx, person, ctx.now.0, &event)?;
    Ok(())
}
