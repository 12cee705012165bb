//! What a run found: figures in the order in which they are read, and ratios beside their budgets. Printed
//! as a table for people and as one line of JSON for programs.

use serde_json::{Map, Value, json};

/// A figure that must not be below (or above) its budget.
struct Judged {
    name: &'static str,
    value: f64,
    budget: f64,
    at_least: bool,
    aim: Option<f64>,
}

impl Judged {
    fn is_met(&self) -> bool {
        if self.at_least {
            self.value >= self.budget
        } else {
            self.value <= self.budget
        }
    }
}

/// The outcome of one benchmark.
pub struct Report {
    title: &'static str,
    figures: Vec<(&'static str, Value)>,
    judged: Vec<Judged>,
}

impl Report {
    /// An empty one.
    pub fn new(title: &'static str) -> Self {
        Self {
            title,
            figures: Vec::new(),
            judged: Vec::new(),
        }
    }

    /// Adds a text or number.
    pub fn note(&mut self, name: &'static str, value: impl Into<Value>) {
        self.figures.push((name, value.into()));
    }

    /// Adds a measured number, to three digits.
    pub fn figure(&mut self, name: &'static str, value: f64) {
        self.note(name, rounded(value));
    }

    /// Adds a ratio that must be at least `budget`.
    pub fn at_least(&mut self, name: &'static str, value: f64, budget: f64, aim: Option<f64>) {
        self.judged.push(Judged {
            name,
            value: rounded(value),
            budget,
            at_least: true,
            aim,
        });
    }

    /// Adds a figure that must be at most `budget`.
    pub fn at_most(&mut self, name: &'static str, value: f64, budget: f64) {
        self.judged.push(Judged {
            name,
            value: rounded(value),
            budget,
            at_least: false,
            aim: None,
        });
    }

    /// Prints it.
    pub fn print(&self, only_json: bool) {
        if !only_json {
            println!("\n{}", self.title);
            for (name, value) in &self.figures {
                let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                println!("  {name:<44} {shown}");
            }
            for judged in &self.judged {
                let sign = if judged.at_least { ">=" } else { "<=" };
                let aim = judged.aim.map(|aim| format!(", aim {aim}")).unwrap_or_default();
                let verdict = if judged.is_met() { "met" } else { "NOT MET" };
                println!(
                    "  {:<44} {}   (budget {sign} {}{aim}: {verdict})",
                    judged.name, judged.value, judged.budget
                );
            }
        }
        println!("{}", self.to_json());
    }

    fn to_json(&self) -> Value {
        let figures: Map<String, Value> = self
            .figures
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        let budgets: Vec<Value> = self
            .judged
            .iter()
            .map(|judged| {
                json!({"name": judged.name, "value": judged.value, "budget": judged.budget,
                       "at_least": judged.at_least, "aim": judged.aim, "met": judged.is_met()})
            })
            .collect();
        json!({"bench": self.title, "figures": figures, "budgets": budgets})
    }
}

/// Three significant digits: more would be noise.
fn rounded(value: f64) -> f64 {
    let digits = |scale: f64| (value * scale).round() / scale;
    match value.abs() {
        above if above >= 1_000.0 => digits(0.1),
        above if above >= 100.0 => digits(1.0),
        above if above >= 10.0 => digits(10.0),
        above if above >= 1.0 => digits(100.0),
        _ => digits(1_000.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_holds_from_its_own_side() {
        let mut report = Report::new("test");
        report.at_least("ratio", 0.4996, 0.5, Some(0.8));
        report.at_least("less", 0.49, 0.5, None);
        report.at_most("p99", 12.0, 10.0);
        let met: Vec<bool> = report.judged.iter().map(Judged::is_met).collect();
        assert_eq!(met, [true, false, false]);
        assert_eq!(report.to_json()["budgets"][0]["met"], true);
    }
}
