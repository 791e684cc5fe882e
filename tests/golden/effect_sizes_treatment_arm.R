# Golden numbers for tests/synthesis/effect_sizes/test_zero_cells.py, pasted there: the treatment-arm
# continuity correction of Sweeting et al. (2004) in meta 8.3-0.
suppressMessages(library(meta))
m <- metabin(c(0, 3, 2), c(20, 30, 40), c(2, 0, 5), c(60, 15, 44), sm = "OR", incr = "TACC", method = "Inverse")
print(m$TE, digits = 15); print(m$seTE, digits = 15)
m <- metabin(c(0, 3, 2), c(20, 30, 40), c(2, 0, 5), c(60, 15, 44), sm = "RR", incr = "TACC", method = "Inverse")
print(m$TE, digits = 15)
