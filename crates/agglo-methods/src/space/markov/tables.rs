//! The tables that chains fill.

use agglo_core::{Datum, Key, Undefined};

use super::chain::{ChiSquare, Counts, probabilities, shorrocks, steady_state};
use crate::call::{Answer, MethodError};
use crate::catalog::{Output, OutputTable, out, out_key};
use crate::space::options::OUT_P;
use crate::table::Rows;

const OUT_CONDITION: Output = out_key("condition", "Neighbors", "邻域条件");

pub(super) const TRANSITIONS: OutputTable = OutputTable {
    name: "transitions",
    columns: &[
        OUT_CONDITION,
        out_key("from_class", "From", "起始类别"),
        out_key("to_class", "To", "终止类别"),
        out("n", "1", "Transitions", "转移次数"),
        out("probability", "1", "Probability", "转移概率"),
        out("se", "1", "Standard error", "标准误"),
    ],
};

pub(super) const STEADY: OutputTable = OutputTable {
    name: "steady",
    columns: &[
        OUT_CONDITION,
        out_key("class", "Class", "类别"),
        out("share", "1", "Share in the long run", "长期占比"),
        out("sojourn", "period", "Periods of a stay", "平均停留期数"),
    ],
};

pub(super) const CHAINS: OutputTable = OutputTable {
    name: "chains",
    columns: &[
        OUT_CONDITION,
        out("n", "1", "Transitions", "转移次数"),
        out("mobility", "1", "Shorrocks mobility", "Shorrocks 流动性"),
    ],
};

pub(super) const TESTS: OutputTable = OutputTable {
    name: "tests",
    columns: &[
        out_key("test", "Test", "检验"),
        out("statistic", "1", "Statistic", "统计量"),
        out("df", "1", "Degrees of freedom", "自由度"),
        OUT_P,
    ],
};

/// The tables `transitions`, `steady`, `chains` and `tests` as they grow.
pub(super) struct Tables {
    transitions: Rows,
    steady: Rows,
    chains: Rows,
    tests: Rows,
}

impl Tables {
    pub(super) fn new(tables: &'static [OutputTable]) -> Tables {
        let [transitions, steady, chains, tests, ..] = tables else {
            panic!("a chain fills four tables");
        };
        Tables {
            transitions: Rows::new(transitions),
            steady: Rows::new(steady),
            chains: Rows::new(chains),
            tests: Rows::new(tests),
        }
    }

    pub(super) fn chain(&mut self, condition: &str, counts: &Counts, classes: &[Key]) {
        let shares = probabilities(counts);
        let steady = steady_state(counts);
        for (from, code) in classes.iter().enumerate() {
            let left: f64 = counts[from].iter().sum();
            for (to, other) in classes.iter().enumerate() {
                let p = shares[from][to];
                self.transitions.push([
                    condition.into(),
                    code.into(),
                    other.into(),
                    (counts[from][to] as i64).into(),
                    p.into(),
                    p.map(|p| (p * (1.0 - p) / left).sqrt()).into(),
                ]);
            }
            let sojourn = match shares[from][from] {
                Ok(stay) => Datum::ratio(1.0, 1.0 - stay),
                Err(why) => Datum::undefined(why),
            };
            let share = steady.as_ref().map(|steady| steady[from]).map_err(|why| *why);
            self.steady.push([condition.into(), code.into(), share.into(), sojourn.into()]);
        }
        let n: f64 = counts.iter().flatten().sum();
        self.chains.push([condition.into(), (n as i64).into(), shorrocks(counts).into()]);
    }

    pub(super) fn test(&mut self, name: &str, test: ChiSquare) {
        self.test_row(name, test.statistic, i64::from(test.df), test.p_value().into());
    }

    /// A test whose p-value comes from elsewhere; `df` 0 where there are none.
    pub(super) fn test_row(&mut self, name: &str, statistic: f64, df: i64, p_value: Datum) {
        let statistic = Datum::finite(statistic, Undefined::TooFew);
        self.tests.push([name.into(), statistic.into(), df.into(), p_value.into()]);
    }

    pub(super) fn answer(self) -> Result<Answer, MethodError> {
        Ok(Answer::one("transitions", self.transitions.frame()?)
            .and("steady", self.steady.frame()?)
            .and("chains", self.chains.frame()?)
            .and("tests", self.tests.frame()?))
    }
}
