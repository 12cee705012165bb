//! The bounds that proposals of either side respect: listed and set by the platform.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use kernel::MerchantId;
use offer::Rule;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::terms::{Cap, share};
use crate::access::{Finance, Manager, OfMerchant, Operator, Staff};
use crate::app::App;
use crate::body::{Object, Path, Write};
use crate::problem::Problem;

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_rules))
        .routes(routes!(list_agreement_rules))
        .routes(routes!(list_agreement_rules_as_platform))
        .routes(routes!(set_rule))
}

/// The bounds of what agreements may say. Shares are basis points, spans microseconds.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Rule)]
struct WireRule {
    /// For merchants with stores of this category; absent: for every category without a rule of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    category: Option<String>,
    commission_bp_min: i64,
    commission_bp_max: i64,
    /// The most of a discount that the platform funds.
    discount_platform_bp_max: i64,
    /// The most that the platform funds of one unit's discount; absent where terms need no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Cap>)]
    platform_cap_max: Option<Object<Cap>>,
    /// The highest rebate for sharers.
    rebate_bp_max: i64,
    /// The shortest refund window.
    refund_window_us_min: i64,
}

impl WireRule {
    fn rule(self) -> Result<Rule, Problem> {
        Ok(Rule {
            category: self.category,
            commission_min: share("/commission_bp_min", self.commission_bp_min)?,
            commission_max: share("/commission_bp_max", self.commission_bp_max)?,
            discount_platform_max: share("/discount_platform_bp_max", self.discount_platform_bp_max)?,
            platform_cap_max: self.platform_cap_max.map(|Object(cap)| cap.into()),
            rebate_max: share("/rebate_bp_max", self.rebate_bp_max)?,
            refund_window_us_min: self.refund_window_us_min,
        })
    }
}

impl From<Rule> for WireRule {
    fn from(rule: Rule) -> Self {
        Self {
            category: rule.category,
            commission_bp_min: rule.commission_min.get(),
            commission_bp_max: rule.commission_max.get(),
            discount_platform_bp_max: rule.discount_platform_max.get(),
            platform_cap_max: rule.platform_cap_max.map(|cap| Object(cap.into())),
            rebate_bp_max: rule.rebate_max.get(),
            refund_window_us_min: rule.refund_window_us_min,
        }
    }
}

/// The rules, the general one first; for administrators and finance. Without any there is no bound.
#[utoipa::path(get, path = "/v1/platform/rules", operation_id = "listRules", tag = "offer",
    security(("session" = ["operator:finance"])),
    responses((status = 200, body = Vec<WireRule>), (status = "4XX", body = Problem)))]
async fn list_rules(
    State(app): State<App>,
    _operator: Operator<Finance>,
) -> Result<Json<Vec<WireRule>>, Problem> {
    let rules = app.read(offer::queries::rules).await?;
    Ok(Json(rules.into_iter().map(WireRule::from).collect()))
}

/// The rules that the merchant's agreements keep to: proposals start from them.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/agreement-rules", operation_id = "listAgreementRules",
    tag = "offer", params(OfMerchant), security(("session" = ["staff:manager"])),
    responses((status = 200, body = Vec<WireRule>), (status = "4XX", body = Problem)))]
async fn list_agreement_rules(
    State(app): State<App>,
    staff: Staff<Manager>,
) -> Result<Json<Vec<WireRule>>, Problem> {
    rules_for(&app, staff.merchant).await
}

/// The rules that this merchant's agreements keep to; for administrators and finance.
#[utoipa::path(get, path = "/v1/platform/merchants/{merchant}/agreement-rules",
    operation_id = "listAgreementRulesAsPlatform", tag = "offer", params(OfMerchant),
    security(("session" = ["operator:finance"])),
    responses((status = 200, body = Vec<WireRule>), (status = "4XX", body = Problem)))]
async fn list_agreement_rules_as_platform(
    State(app): State<App>,
    _operator: Operator<Finance>,
    Path(of): Path<OfMerchant>,
) -> Result<Json<Vec<WireRule>>, Problem> {
    rules_for(&app, of.merchant).await
}

async fn rules_for(app: &App, merchant: MerchantId) -> Result<Json<Vec<WireRule>>, Problem> {
    let rules = app
        .read(move |read| offer::queries::rules_for(read, merchant))
        .await?;
    Ok(Json(rules.into_iter().map(WireRule::from).collect()))
}

/// Sets the rule of a category or the general one; for administrators and finance. What was accepted stays.
#[utoipa::path(put, path = "/v1/platform/rules", operation_id = "setRule", tag = "offer",
    security(("session" = ["operator:finance"])), request_body = WireRule,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn set_rule(
    State(app): State<App>,
    operator: Operator<Finance>,
    write: Write<WireRule>,
) -> Result<Response, Problem> {
    let rule = write.body.rule()?;
    app.command("setRule", operator.person, operator.actor(), write.key)
        .run(move |tx, ctx| offer::set_rule(tx, ctx, &rule))
        .await
}
