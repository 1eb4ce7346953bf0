//! Answers and tables kept in memory, the longest unused forgotten first, within a bound of bytes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

struct Entry<V> {
    value: Arc<V>,
    size: usize,
    used: u64,
}

struct Inner<V> {
    entries: HashMap<String, Entry<V>>,
    clock: u64,
    total: usize,
}

/// Values by name, within a bound.
pub(crate) struct Cache<V> {
    bound: usize,
    inner: Mutex<Inner<V>>,
}

impl<V> Cache<V> {
    /// A cache that keeps values of about `bound` bytes.
    pub(crate) fn new(bound: usize) -> Cache<V> {
        let inner = Inner { entries: HashMap::new(), clock: 0, total: 0 };
        Cache { bound, inner: Mutex::new(inner) }
    }

    fn inner(&self) -> std::sync::MutexGuard<'_, Inner<V>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The value of this name, made by `make` where there is none; `make` must be quick.
    pub(crate) fn get_or(&self, name: &str, make: impl FnOnce() -> V) -> Arc<V> {
        let mut inner = self.inner();
        inner.clock += 1;
        let clock = inner.clock;
        if let Some(entry) = inner.entries.get_mut(name) {
            entry.used = clock;
            return entry.value.clone();
        }
        let value = Arc::new(make());
        let entry = Entry { value: value.clone(), size: 0, used: clock };
        inner.entries.insert(name.to_owned(), entry);
        value
    }

    /// Says how large the value of this name has become, and forgets others where all are too large.
    pub(crate) fn weigh(&self, name: &str, size: usize) {
        let mut inner = self.inner();
        let Some(entry) = inner.entries.get_mut(name) else { return };
        let before = std::mem::replace(&mut entry.size, size);
        inner.total = inner.total - before + size;
        while inner.total > self.bound && inner.entries.len() > 1 {
            let others = inner.entries.iter().filter(|(known, _)| *known != name);
            let Some(oldest) = others.min_by_key(|(_, e)| e.used).map(|(known, _)| known.clone())
            else {
                break;
            };
            if let Some(gone) = inner.entries.remove(&oldest) {
                inner.total -= gone.size;
            }
        }
    }

    /// Forgets the value of this name.
    pub(crate) fn forget(&self, name: &str) {
        let mut inner = self.inner();
        if let Some(gone) = inner.entries.remove(name) {
            inner.total -= gone.size;
        }
    }

    /// Forgets all.
    pub(crate) fn clear(&self) {
        let mut inner = self.inner();
        inner.entries.clear();
        inner.total = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_unused_is_forgotten_first() {
        let cache = Cache::new(25);
        for name in ["a", "b"] {
            cache.get_or(name, || name.to_owned());
            cache.weigh(name, 10);
        }
        cache.get_or("a", || unreachable!("it is kept"));
        cache.get_or("c", || "c".to_owned());
        cache.weigh("c", 10);
        assert_eq!(*cache.get_or("b", || "made anew".to_owned()), "made anew");
        assert_eq!(*cache.get_or("a", || "made anew".to_owned()), "a");
    }

    #[test]
    fn a_value_beyond_the_bound_is_kept_alone() {
        let cache = Cache::new(5);
        cache.get_or("small", || 1);
        cache.weigh("small", 1);
        cache.get_or("large", || 2);
        cache.weigh("large", 100);
        assert_eq!(*cache.get_or("large", || 3), 2);
        assert_eq!(*cache.get_or("small", || 3), 3);
    }
}
