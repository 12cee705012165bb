//! `qiao story`: plays the whole O2O loop over HTTP against a running demo, as people with their own
//! credentials, and compares every account with the figure that the story expects after every step. Or an evening:
//! a table and two cinema seats.

pub(crate) mod actor;
mod after;
pub(crate) mod before;
pub(crate) mod books;
pub(crate) mod counter;
mod evening;
pub(crate) mod stage;

use clap::{Args, ValueEnum};

use crate::serve::Failure;
use stage::Stage;

/// The command line of `qiao story`.
#[derive(Debug, Args)]
pub struct Story {
    /// A running `qiao demo`.
    #[arg(long, default_value = "http://127.0.0.1:8080", value_name = "URL")]
    server: String,
    /// What is played.
    #[arg(long, value_enum, default_value_t = Scene::Loop)]
    scene: Scene,
    /// Print the steps and the figures as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Scene {
    /// From the merchant's entry to the settlement.
    Loop,
    /// A table is booked with a coupon, a friend comes, and the rebate pays for a part of two cinema seats.
    Dinner,
}

impl Story {
    /// Plays it. An error if a step or a figure is wrong.
    pub async fn run(self) -> Result<(), Failure> {
        let mut stage = Stage::open(&self.server, self.json).await?;
        let played = match self.scene {
            Scene::Loop => play_loop(&mut stage).await,
            Scene::Dinner => evening::play(&mut stage).await,
        };
        stage.close(played.is_ok());
        played
    }
}

async fn play_loop(stage: &mut Stage) -> Result<(), Failure> {
    let shop = before::merchant_registers_and_is_certified(stage).await?;
    let offer = before::agreement_is_negotiated_and_the_offer_goes_live(stage, &shop).await?;
    let lin = before::consumer_signs_in_searches_and_compares(stage, &offer).await?;
    let order = before::consumer_claims_a_coupon_orders_and_pays(stage, &offer, &lin).await?;
    let vouchers = counter::consumer_receives_signed_vouchers(stage, &lin, &order).await?;
    let served = counter::cashier_redeems_and_refuses(stage, &shop, &lin, &vouchers).await?;
    let link = after::consumer_reviews_and_shares(stage, &offer, &lin, &served).await?;
    after::a_friend_redeems_and_the_rebate_becomes_spendable(stage, &shop, &offer, &lin, &link).await?;
    after::another_friend_refunds_and_the_rebate_is_reversed(stage, &shop, &offer, &lin, &link).await?;
    after::settlement_closes_the_day(stage, &shop, &served).await
}
