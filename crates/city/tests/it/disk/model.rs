//! What a disk holds: what programs see, and what would be left after a power loss. Of what was not synced since,
//! each sector and each change of a name may be there or not; only what a sync confirmed is certain.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

use super::Event;

/// What a disk writes at once, or a file system.
const SECTORS: [usize; 2] = [512, 4096];

/// Numbers that follow from a seed.
#[derive(Debug, Clone)]
pub struct Dice(pub u64);

impl Dice {
    /// A number below `end`, by SplitMix64.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % end.max(1) as u64) as usize
    }
}

#[derive(Debug, Clone)]
enum Change<'e> {
    Write { offset: usize, data: &'e [u8] },
    Truncate { length: usize },
}

#[derive(Debug, Clone, Default)]
struct File<'e> {
    seen: Vec<u8>,
    durable: Vec<u8>,
    unsynced: Vec<Change<'e>>,
}

/// What happens to unsynced changes: which of them survive.
#[derive(Debug, Clone, Copy)]
enum Fate {
    None,
    All,
    /// The first so many, and a part of the next.
    Prefix,
    /// Sector by sector, each by chance.
    Scattered,
}

/// A folder of files and its past, as far as it still matters.
#[derive(Debug, Clone, Default)]
pub struct Disk<'e> {
    files: HashMap<u32, File<'e>>,
    seen_names: BTreeMap<String, u32>,
    durable_names: BTreeMap<String, u32>,
    /// Names that were given to a file, or taken away, since the folder was synced.
    unsynced_names: Vec<(String, Option<u32>)>,
}

impl<'e> Disk<'e> {
    /// Lets something happen. What a failed sync did is diced.
    pub fn apply(&mut self, event: &'e Event, dice: &mut Dice) {
        match event {
            Event::Create { file, name } => self.rename(name, Some(*file)),
            Event::Unlink { name } => self.rename(name, None),
            Event::SyncFolder => {
                self.durable_names.clone_from(&self.seen_names);
                self.unsynced_names.clear();
            }
            Event::Write { file, offset, data } => {
                self.change(
                    *file,
                    Change::Write {
                        offset: *offset,
                        data,
                    },
                );
            }
            Event::Truncate { file, length } => self.change(*file, Change::Truncate { length: *length }),
            Event::Sync { file } => self.file(*file).settle(Fate::All, dice),
            Event::SyncFailed { file } => self.file(*file).settle(Fate::Scattered, dice),
            Event::Begun | Event::Answered { .. } => {}
        }
    }

    /// Writes into a folder what a program that is killed now would find again.
    pub fn as_seen(&self, folder: &Path) {
        for (name, file) in &self.seen_names {
            fs::write(folder.join(name), &self.files[file].seen).unwrap();
        }
    }

    /// Writes into a folder what could be found again if the power failed now.
    pub fn after_power_loss(&self, folder: &Path, dice: &mut Dice) {
        let fate = [Fate::None, Fate::All, Fate::Prefix, Fate::Scattered][dice.below(4)];
        let mut names = self.durable_names.clone();
        let survive = match fate {
            Fate::None => 0,
            Fate::All => self.unsynced_names.len(),
            Fate::Prefix | Fate::Scattered => dice.below(self.unsynced_names.len() + 1),
        };
        for (name, file) in &self.unsynced_names[..survive] {
            give(&mut names, name, *file);
        }
        for (name, file) in names {
            let mut file = self.files[&file].clone();
            file.settle(fate, dice);
            fs::write(folder.join(name), file.durable).unwrap();
        }
    }

    fn rename(&mut self, name: &str, file: Option<u32>) {
        if let Some(file) = file {
            self.files.entry(file).or_default();
        }
        give(&mut self.seen_names, name, file);
        self.unsynced_names.push((name.to_owned(), file));
    }

    fn change(&mut self, file: u32, change: Change<'e>) {
        let file = self.file(file);
        change.apply(&mut file.seen);
        file.unsynced.push(change);
    }

    fn file(&mut self, file: u32) -> &mut File<'e> {
        self.files
            .get_mut(&file)
            .expect("a file is made before it is used")
    }
}

fn give(names: &mut BTreeMap<String, u32>, name: &str, file: Option<u32>) {
    match file {
        Some(file) => names.insert(name.to_owned(), file),
        None => names.remove(name),
    };
}

impl File<'_> {
    /// Lets unsynced changes reach the disk, those of them that do; the others never will.
    fn settle(&mut self, fate: Fate, dice: &mut Dice) {
        let changes = std::mem::take(&mut self.unsynced);
        let whole = match fate {
            Fate::None => return,
            Fate::All => changes.len(),
            Fate::Prefix => dice.below(changes.len() + 1),
            Fate::Scattered => 0,
        };
        let part = match fate {
            Fate::Scattered => changes.len(),
            Fate::None | Fate::All | Fate::Prefix => changes.len().min(whole + 1),
        };
        let sector = SECTORS[dice.below(SECTORS.len())];
        for change in &changes[..whole] {
            change.apply(&mut self.durable);
        }
        for change in &changes[whole..part] {
            change.apply_torn(&mut self.durable, sector, dice);
        }
    }
}

impl Change<'_> {
    fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Write { offset, data } => write(bytes, *offset, data),
            Self::Truncate { length } => bytes.resize(*length, 0),
        }
    }

    fn apply_torn(&self, bytes: &mut Vec<u8>, sector: usize, dice: &mut Dice) {
        match self {
            Self::Write { offset, data } => {
                let mut from = 0;
                while from < data.len() {
                    let until = data.len().min(from + sector - (offset + from) % sector);
                    if dice.below(2) == 0 {
                        write(bytes, offset + from, &data[from..until]);
                    }
                    from = until;
                }
            }
            Self::Truncate { length } if dice.below(2) == 0 => bytes.resize(*length, 0),
            Self::Truncate { .. } => {}
        }
    }
}

fn write(bytes: &mut Vec<u8>, offset: usize, data: &[u8]) {
    let end = offset + data.len();
    if bytes.len() < end {
        bytes.resize(end, 0);
    }
    bytes[offset..end].copy_from_slice(data);
}
