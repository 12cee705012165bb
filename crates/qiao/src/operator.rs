//! `qiao operator add`: the platform's first administrator is made here, by whoever runs the server; others
//! by administrators too.

use clap::{Args, Subcommand};
use http::shell;
use kernel::Actor;
use party::{Contact, GrantOperator, OperatorRole};
use store::{Settings as StoreSettings, Store};

use crate::config::{Flags, Settings};
use crate::serve::Failure;

/// What to do with the platform's own people.
#[derive(Debug, Subcommand)]
pub enum Operator {
    /// Give somebody a role, or another one. Reads the password from the standard input.
    Add(Add),
}

/// Who and as what.
#[derive(Debug, Args)]
pub struct Add {
    #[command(flatten)]
    flags: Flags,
    /// The mail address to sign in with.
    #[arg(long)]
    login: String,
    /// What colleagues see.
    #[arg(long)]
    name: String,
    /// admin, finance or support.
    #[arg(long)]
    role: String,
}

impl Operator {
    /// Does it.
    pub async fn run(self) -> Result<(), Failure> {
        let Self::Add(add) = self;
        let role = OperatorRole::from_name(&add.role).ok_or("the role is admin, finance or support")?;
        let login = Contact::parse(&add.login)?;
        let mut password = String::new();
        eprintln!("Password (at least 8 characters), then Enter:");
        std::io::stdin().read_line(&mut password)?;
        let password = password.trim_end_matches(['\r', '\n']);
        if password.chars().count() < 8 {
            return Err("the password has under 8 characters".into());
        }
        let cmd = GrantOperator {
            login,
            password_hash: http::hash_password(password.to_owned()).await,
            name: add.name,
            role,
        };
        let settings = Settings::from(add.flags)?;
        std::fs::create_dir_all(&settings.data)?;
        let store = Store::open(&StoreSettings::new(&settings.database_url))?;
        let ctx = shell::ctx(Actor::System);
        let lane = ctx.request;
        let granted = store
            .run("grantOperator", lane, ctx, move |tx, ctx| {
                party::grant_operator(tx, ctx, &cmd)
            })
            .await?;
        let person = granted.map_err(|rejected| rejected.detail)?;
        println!("{person} may sign in as {}", add.role);
        Ok(())
    }
}
