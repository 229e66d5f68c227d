-- How well the year's result was forecast (DEFINITIONS 4.3): outcome - forecast, for each occasion on which the board adopted one. The
-- forecast is that of the ledger after the occasion's month: its lines, summed as the result sums them.
with
occasions as (select * from {{ ref('stg_forecasts__occasion') }}),
forecasts as (select * from {{ ref('stg_ledger__forecast') }}),
lines as (select * from {{ ref('stg_config__statement_line') }}),
parts as (select * from {{ ref('stg_config__statement_line_part') }}),
statement as (select * from {{ ref('operating_statement') }}),
years as (select * from {{ ref('int_ledger__year') }}),
municipalities as (select * from {{ ref('int_municipality') }}),

results as (
    select
        forecasts.municipality_id, forecasts.month,
        sum(forecasts.amount) as forecast
    from forecasts
    inner join parts
        on forecasts.municipality_id = parts.municipality_id
        and forecasts.line_id = parts.part_line_id
    inner join lines
        on parts.municipality_id = lines.municipality_id
        and parts.line_id = lines.line_id
        and lines.role = 'result'
    group by forecasts.municipality_id, forecasts.month
),

-- a year that is not whole has no outcome to hold a full year's forecast against
outcomes as (
    select
        statement.municipality_id, statement.year,
        statement.actual as outcome,
        statement.is_preliminary, statement.lineage_id
    from statement
    inner join lines
        on statement.municipality_id = lines.municipality_id
        and statement.line_id = lines.line_id
        and lines.role = 'result'
    inner join years
        on statement.municipality_id = years.municipality_id
        and statement.year = years.year
        and years.months_delivered = 12
)

select
    ---------- key and occasion
    occasions.municipality_id, municipalities.municipality, occasions.year, occasions.occasion, occasions.month,
    cast(occasions.version as integer) as version,
    occasions.adopted_on, occasions.paragraph, occasions.author_role, occasions.comment,

    ---------- the result, forecast and outcome
    cast(results.forecast as double) as forecast,
    outcomes.outcome,
    outcomes.outcome - cast(results.forecast as double) as deviation,
    coalesce(outcomes.is_preliminary, true) as is_preliminary,

    ---------- origin
    {{ register_lineage("'forecasts'", 'occasions.municipality_id', 'occasions.year') }} as lineage_id,
    outcomes.lineage_id as outcome_lineage_id

from occasions
left join results
    on occasions.municipality_id = results.municipality_id
    and occasions.month = results.month
left join outcomes
    on occasions.municipality_id = outcomes.municipality_id
    and occasions.year = outcomes.year
left join municipalities on occasions.municipality_id = municipalities.municipality_id
