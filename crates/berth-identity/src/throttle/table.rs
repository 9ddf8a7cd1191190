//! A table that forgets when it is full.

use std::collections::HashMap;
use std::hash::Hash;

use berth_domain::Timestamp;

/// Entries by key, so many at most.
#[derive(Debug, Clone)]
pub(super) struct Table<K, V> {
    entries: HashMap<K, V>,
    most: usize,
}

impl<K: Copy + Eq + Hash, V: Copy> Table<K, V> {
    pub(super) fn of(most: usize) -> Self {
        Self { entries: HashMap::new(), most: most.max(1) }
    }

    pub(super) fn get(&self, key: &K) -> Option<&V> {
        self.entries.get(key)
    }

    /// Puts an entry in. If there is no room, an eighth of all goes: the lowest in rank.
    pub(super) fn put(&mut self, key: K, value: V, rank: impl Fn(V) -> (u32, Timestamp)) {
        if self.entries.len() >= self.most && !self.entries.contains_key(&key) {
            let mut ranked: Vec<_> =
                self.entries.iter().map(|(key, it)| (rank(*it), *key)).collect();
            ranked.sort_unstable_by_key(|(rank, _)| *rank);
            for (_, key) in ranked.iter().take(self.most.div_ceil(8)) {
                self.entries.remove(key);
            }
        }
        self.entries.insert(key, value);
    }

    pub(super) fn change(&mut self, key: &K, change: impl FnOnce(V) -> V) {
        if let Some(value) = self.entries.get_mut(key) {
            *value = change(*value);
        }
    }

    pub(super) fn remove(&mut self, key: &K) {
        self.entries.remove(key);
    }

    pub(super) fn remove_where(&mut self, is_unwanted: impl Fn(&K) -> bool) {
        self.entries.retain(|key, _| !is_unwanted(key));
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rank(value: u32) -> (u32, Timestamp) {
        (value, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn the_coolest_go_when_it_is_full() {
        let mut table = Table::of(16);
        for value in 0..16_u32 {
            table.put(value, value, rank);
        }

        table.put(100, 5, rank);
        table.put(15, 1, rank);

        assert_eq!(table.len(), 15);
        assert!([0, 1].iter().all(|gone| table.get(gone).is_none()));
        assert!([2, 15, 100].iter().all(|kept| table.get(kept).is_some()));
    }
}
