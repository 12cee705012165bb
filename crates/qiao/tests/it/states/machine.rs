//! A machine as a table: its states against the commands that meet it.

use std::fmt::Debug;

use store::{Fail, ReadTx};

use super::act::{Act, Note, Probe};
use super::house::Command;
use super::world::World;

/// One kind of subject with its states.
pub struct Machine<T: 'static, S: 'static> {
    pub name: &'static str,
    /// Every state that there is.
    pub states: &'static [T],
    pub named: fn(T) -> &'static str,
    /// Brings a new subject into a state.
    pub bring: fn(&World, T) -> S,
    /// Where a subject stands.
    pub look: fn(&mut ReadTx, &S) -> Result<T, Fail>,
    /// What is tried in every state. May prepare what the command needs, short of the subject's state.
    pub tries: &'static [fn(&World, &S) -> Probe],
}

/// What was seen.
pub struct Table {
    name: &'static str,
    /// Path and variant of each command.
    heads: Vec<(&'static str, &'static str)>,
    rows: Vec<(&'static str, Vec<String>)>,
}

impl<T: Copy + PartialEq + Debug + Send, S: Clone + Send> Machine<T, S> {
    /// Tries everything in every state, each time with a new subject.
    pub fn table(&self, world: &World) -> Table {
        let mut heads = vec![None; self.tries.len()];
        let mut rows = Vec::new();
        for state in self.states {
            let tries = self.tries.iter().zip(&mut heads);
            let cells = tries.map(|(try_it, head)| {
                let subject = (self.bring)(world, *state);
                let Some(act) = try_it(world, &subject) else {
                    return String::new();
                };
                *head = Some((act.path, act.variant));
                assert_eq!(self.state_of(world, &subject), *state, "{}", self.name);
                self.cell(world, &subject, *state, act)
            });
            rows.push(((self.named)(*state), cells.collect()));
        }
        Table {
            name: self.name,
            heads: heads.into_iter().map(Option::unwrap).collect(),
            rows,
        }
    }

    fn cell(&self, world: &World, subject: &S, before: T, act: Act<Note>) -> String {
        let events = world.events();
        let answer = world.attempt(act);
        let after = self.state_of(world, subject);
        let is_quiet = (after, world.events()) == (before, events);
        match answer {
            Err(rejected) => {
                assert!(is_quiet, "{}: {rejected:?} changed something", self.name);
                format!("`{}`", rejected.code)
            }
            Ok(Some(note)) => {
                assert_eq!(after, before, "{}: {note}", self.name);
                format!("*{note}*")
            }
            Ok(None) if is_quiet => "–".to_owned(),
            Ok(None) => format!("→ {}", (self.named)(after)),
        }
    }

    fn state_of(&self, world: &World, subject: &S) -> T {
        let (look, subject) = (self.look, subject.clone());
        world.read(move |read| look(read, &subject))
    }
}

impl Table {
    pub fn commands(&self) -> impl Iterator<Item = Command> {
        self.heads.iter().map(|(path, _)| Command::at(path))
    }

    pub fn markdown(&self) -> String {
        let heads = self.heads.iter().map(|(path, variant)| {
            let Command { name, .. } = Command::at(path);
            match *variant {
                "" => format!(" `{name}` |"),
                variant => format!(" `{name}` {variant} |"),
            }
        });
        let heads: String = heads.collect();
        let rule = " --- |".repeat(self.heads.len());
        let rows = self
            .rows
            .iter()
            .map(|(state, cells)| format!("| {state} | {} |\n", cells.join(" | ")));
        let rows: String = rows.collect();
        format!("\n## {}\n\n| |{heads}\n| --- |{rule}\n{rows}", self.name)
    }
}
