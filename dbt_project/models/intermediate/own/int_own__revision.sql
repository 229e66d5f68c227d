-- Deliveries that were corrected: a load in force that replaced one which had been made when its month or year was over. What was delivered
-- within the month or year was a beginning, not another figure. A forecast's values are no outcome's: it revises none.
with
loads as (select * from {{ ref('stg_loads__load') }}),
figure_loads as (select * from {{ ref('int_own__figure_loads') }}),

-- '2024-13' is the ledger's closing entries: of the year
replacing as (
    select
        load_id, load_sequence, predecessor_accepted_at, accepted_at,
        case
            when length(period) = 7 and substring(period, 6, 2) <= '12' then {{ first_of_month('period') }}
            else {{ day_of_year('substring(period, 1, 4)', '-01-01') }}
        end as first_day,
        case
            when length(period) = 7 and substring(period, 6, 2) <= '12' then {{ last_of_month(first_of_month('period')) }}
            else {{ day_of_year('substring(period, 1, 4)', '-12-31') }}
        end as last_day
    from loads
    where predecessor_accepted_at is not null
        and period <> 'all'
        and not (source = 'ledger' and table_name = 'forecast')
)

select
    ---------- ids
    figure_loads.lineage_id, replacing.load_id,

    ---------- numerics
    replacing.load_sequence,

    ---------- dates
    replacing.first_day, replacing.last_day,
    cast(replacing.accepted_at as date) as accepted_on

from replacing
inner join figure_loads on replacing.load_id = figure_loads.load_id
where cast(replacing.predecessor_accepted_at as date) > replacing.last_day
