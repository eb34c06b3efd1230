internal import StateStore
enum RetrainingPlaceholder {}
