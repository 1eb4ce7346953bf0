# One index in one R package, on the full grid of cells or the list of plants that run.py wrote:
#   Rscript peer.R PACKAGE INDEX INPUT.csv OUTPUT.csv
# prints the seconds of the computation alone; the rows are written as key columns and `value`.

arguments <- commandArgs(trailingOnly = TRUE)
package <- arguments[1]
index <- arguments[2]
input <- read.csv(arguments[3], colClasses = c(region = "character", industry = "character"))
suppressPackageStartupMessages(library(package, character.only = TRUE))

regions <- sort(unique(input$region))
industries <- sort(unique(input$industry))
by_region <- function(value) data.frame(region = regions, value = value)
by_industry <- function(value) data.frame(industry = industries, value = value)
by_cell <- function(mat) {
  data.frame(
    region = rep(regions, times = length(industries)),
    industry = rep(industries, each = length(regions)),
    value = as.vector(mat)
  )
}

if (index != "ellison-glaeser") {
  # The grid is complete and sorted, region first.
  cells <- matrix(as.numeric(input$value), nrow = length(regions), byrow = TRUE,
                  dimnames = list(regions, industries))
}

reat <- list(
  "location-quotient" = function() {
    region_total <- rowSums(cells)
    industry_total <- colSums(cells)
    total <- sum(cells)
    quotient <- cells
    for (i in seq_along(industries)) for (r in seq_along(regions)) {
      quotient[r, i] <- locq(cells[r, i], region_total[r], industry_total[i], total)
    }
    by_cell(quotient)
  },
  "herfindahl" = function() by_industry(apply(cells, 2, herf)),
  "hoover" = function() by_industry(apply(cells, 2, hoover, weighting = rowSums(cells))),
  "locational-gini" = function() by_industry(apply(cells, 2, gini.conc, e_j = rowSums(cells))),
  "ellison-glaeser" = function() {
    total <- as.vector(tapply(input$value, factor(input$region, levels = regions), sum))
    plants <- split(input, factor(input$industry, levels = industries))
    # ellison.a forgets regions without a plant: one of size zero in each keeps them, and their order.
    by_industry(vapply(plants, function(own) {
      ellison.a(c(rep(0, length(regions)), own$value), total, c(regions, own$region),
                print.results = FALSE)[1, "Gamma i"]
    }, numeric(1)))
  }
)

econgeo <- list(
  "location-quotient" = function() by_cell(location_quotient(cells)),
  "krugman" = function() by_region(spec_coeff(cells)),
  "locational-gini" = function() by_industry(locational_gini(cells)$Loc_gini)
)

compute <- list(REAT = reat, EconGeo = econgeo)[[package]][[index]]
seconds <- system.time(result <- compute())[["elapsed"]]
write.csv(result, arguments[4], row.names = FALSE, quote = FALSE)
cat(sprintf("computing %.3f\n", seconds))
