with source as (select * from {{ source('kpb', 'services') }})

select
    ---------- keys
    municipality_id,
    cast(year as integer) as year,
    case service
        when 'personlig assistans' then 'personlig_assistans'
        when 'daglig verksamhet' then 'daglig_verksamhet'
        when 'avlösarservice' then 'avlosarservice'
        when 'hemtjänst' then 'hemtjanst'
        when 'särskilt boende' then 'sarskilt_boende'
        else service
    end as service,

    ---------- numerics
    users, mean_users, cost, mean_cost_per_user, sfb_income,

    ---------- origin
    load_id

from source
