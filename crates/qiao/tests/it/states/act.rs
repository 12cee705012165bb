//! A command with its input, ready to be run.

use kernel::Ctx;
use store::{Fail, Tx};

type Run<T> = dyn Fn(&mut Tx, &Ctx) -> Result<T, Fail> + Send;

/// A command by one actor at one moment.
pub struct Act<T> {
    /// The command's own path: crate first, name last.
    pub path: &'static str,
    /// What is special about this input, where a table tries the command in more than one way.
    pub variant: &'static str,
    pub ctx: Ctx,
    pub run: Box<Run<T>>,
}

/// What an accepted command could not do, in its own words; `None`: it did what was asked.
pub type Note = Option<&'static str>;

/// What a table tries in one cell; `None` where there is nothing that the command could name.
pub type Probe = Option<Act<Note>>;

/// A command and its input. The path is the function's own, so that none can be mistyped.
pub fn act<F, C, T>(ctx: Ctx, command: F, input: C) -> Act<T>
where
    F: Fn(&mut Tx, &Ctx, &C) -> Result<T, Fail> + Send + 'static,
    C: Send + 'static,
{
    Act {
        path: std::any::type_name::<F>(),
        variant: "",
        ctx,
        run: Box::new(move |tx, ctx| command(tx, ctx, &input)),
    }
}

impl<T: 'static> Act<T> {
    pub fn with(self, variant: &'static str) -> Self {
        Self { variant, ..self }
    }

    pub fn probe(self) -> Probe {
        self.probe_for(|_| None)
    }

    /// For a command whose answer may be that it declined.
    pub fn probe_for(self, note: fn(&T) -> Note) -> Probe {
        let run = self.run;
        Some(Act {
            path: self.path,
            variant: self.variant,
            ctx: self.ctx,
            run: Box::new(move |tx, ctx| run(tx, ctx).map(|answer| note(&answer))),
        })
    }
}
